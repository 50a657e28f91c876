import { expect, test } from "vitest";
import { readRateLimit, readRetryAt } from "../../src/stream/rate-limit-headers.ts";

const headers = {
  "x-ratelimit-limit": "6",
  "x-ratelimit-remaining": "0",
  "x-ratelimit-reset": "1755000060",
};
const NOW = 1_755_000_000_000;

test("reads the rate limit, the reset in milliseconds", () => {
  expect(readRateLimit(headers)).toEqual({ limit: 6, remaining: 0, resetAt: 1_755_000_060_000 });
});

test("reads the first of doubled values", () => {
  expect(readRateLimit({ ...headers, "x-ratelimit-limit": "6, 6" })?.limit).toBe(6);
});

test.each([{}, { ...headers, "x-ratelimit-reset": "soon" }])("reads nothing from %j", (given) => {
  expect(readRateLimit(given)).toBeUndefined();
});

test.each([
  [headers, 1_755_000_060_000],
  [{ "retry-after": "5" }, NOW + 5000],
  [{ "retry-after": "Tue, 12 Aug 2025 12:00:30 GMT" }, 1_755_000_030_000],
  [{ ...headers, "retry-after": "90" }, NOW + 90_000],
  [{ "retry-after": "later" }, undefined],
])("takes the later of Retry-After and reset: %j", (given, expected) => {
  expect(readRetryAt(given, NOW)).toBe(expected);
});
