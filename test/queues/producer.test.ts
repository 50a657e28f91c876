import { expect, test } from "vitest";
import { priorityOf } from "../../src/queues/producer.ts";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const inDays = (days: number) => new Date(NOW + days * 86_400_000).toISOString();

test("a request that is due sooner has the better priority, one without a date is due in 30 days", () => {
  const priorities = [inDays(1), inDays(29), undefined, inDays(45)].map((dueAt) =>
    priorityOf(dueAt, NOW),
  );
  expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
  expect(new Set(priorities).size).toBe(4);
});

test("nobody starves: what comes a month later cannot go ahead of what is due", () => {
  expect(priorityOf(undefined, NOW)).toBeLessThan(priorityOf(inDays(31), NOW + 30 * 86_400_000));
});

test("BullMQ accepts every priority", () => {
  for (const dueAt of ["1999-01-01T00:00:00Z", "9999-12-31T00:00:00Z"]) {
    expect(priorityOf(dueAt, NOW)).toBeGreaterThanOrEqual(1);
    expect(priorityOf(dueAt, NOW)).toBeLessThanOrEqual(2_097_151);
  }
});
