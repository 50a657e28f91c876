import { expect, test } from "vitest";
import { nextLook } from "../../src/processors/look.ts";

const MINUTE = 60_000;

test("looks first after about a second", () => {
  expect(nextLook(0, 0, 0)).toBe(900);
  expect(nextLook(0, 0, 1)).toBe(1100);
});

test.each([10_000, MINUTE, 10 * MINUTE, 30 * MINUTE])(
  "notices the end of a task of %d ms within a quarter of its duration",
  (duration) => {
    let look = 0;
    while (look < duration) look = nextLook(0, look, 1);
    expect(look - duration).toBeLessThanOrEqual(duration / 4);
  },
);

test("never pauses for much longer than ten minutes", () => {
  expect(nextLook(0, 14 * 24 * 60 * MINUTE, 1) - 14 * 24 * 60 * MINUTE).toBe(11 * MINUTE);
});
