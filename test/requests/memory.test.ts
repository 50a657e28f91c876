import { expect, test, vi } from "vitest";
import { openMemory } from "../../src/requests/memory.ts";

test("recalls what was kept last", () => {
  const memory = openMemory<number>(10, 60_000);
  memory.keep("a", 1);
  memory.keep("a", 2);
  expect([memory.recall("a"), memory.recall("b")]).toEqual([2, undefined]);
});

test("forgets what is old, though nothing new comes", async () => {
  const memory = openMemory<number>(10, 5);
  memory.keep("a", 1);
  await vi.waitFor(() => expect(memory.recall("a")).toBeUndefined());
});

test("holds no more than two generations, and of those the newest", () => {
  const memory = openMemory<number>(100, 60_000);
  for (let n = 0; n < 1000; n++) memory.keep(`${n}`, n);
  const kept = Array.from({ length: 1000 }, (_, n) => n).filter((n) => memory.recall(`${n}`));
  expect(kept.length).toBeLessThanOrEqual(200);
  expect(kept).toContain(999);
});

test("is empty when it has been cleared", () => {
  const memory = openMemory<number>(2, 60_000);
  for (const id of ["a", "b", "c"]) memory.keep(id, 1);
  memory.clear();
  expect(["a", "b", "c"].map(memory.recall)).toEqual([undefined, undefined, undefined]);
});
