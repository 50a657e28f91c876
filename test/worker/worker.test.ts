import { expect, test } from "vitest";
import { backoff } from "../../src/worker/worker.ts";

test("pauses double from two seconds to ten minutes, spread by a fifth", () => {
  expect([1, 2, 3, 20].map((attempts) => backoff(attempts, 0.5))).toEqual([
    2000, 4000, 8000, 600_000,
  ]);
  expect([backoff(1, 0), backoff(1, 1)]).toEqual([1800, 2200]);
});

test("twenty attempts last about two hours", () => {
  const total = Array.from({ length: 19 }, (_, n) => backoff(n + 1, 0.5)).reduce((a, b) => a + b);
  expect(total / 3_600_000).toBeGreaterThan(1.5);
  expect(total / 3_600_000).toBeLessThan(2.5);
});
