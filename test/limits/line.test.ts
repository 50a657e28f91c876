import fc from "fast-check";
import { Redis } from "ioredis";
import { expect } from "vitest";
import { RequestId } from "../../src/identifiers.ts";
import { type LineKind, openLine } from "../../src/limits/line.ts";
import { test as base } from "../helpers/redis.ts";

const WINDOW_MS = 60_000;
const test = base.extend("open", async ({ redisUrl }, { onCleanup }) => {
  const client = new Redis(redisUrl);
  onCleanup(() => client.disconnect());
  return (connection: string, share = 0.8, kind: LineKind = "delete") =>
    openLine(client, kind, { prefix: "{test}", connection, share, windowMs: WINDOW_MS });
});
const requests = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => RequestId.parse(`r-${n + from}`));
let runs = 0;

test("lets the first four batches in at once, and the others at the pace of the limit", async ({
  open,
}) => {
  const line = open("pace");
  const waits = await Promise.all(requests(1000).map((id) => line.waitOf(id, false)));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(400);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  // 600 more at 100 users a call, 4.8 calls a minute.
  expect(Math.abs((waits.at(-1) ?? 0) - (600 / 480) * WINDOW_MS)).toBeLessThan(200);
});

test.for(["deleteOneByOne", "devices"] as const)(
  "of kind %s lets no more in at once than can wait in place, the others one by one",
  async (kind, { open }) => {
    const line = open(kind, 0.8, kind);
    const waits = await Promise.all(requests(100).map((id) => line.waitOf(id, false)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
    // 96 more at 48 a minute.
    expect(Math.abs((waits.at(-1) ?? 0) - 2 * WINDOW_MS)).toBeLessThan(200);
  },
);

test("keeps a request's place, however often it asks", async ({ open }) => {
  const line = open("keeps");
  await Promise.all(requests(500).map((id) => line.waitOf(id, false)));
  const [last] = requests(1, 499);
  const wait = await line.waitOf(last as RequestId, false);
  expect(wait).toBeGreaterThan(10_000);
  expect(await line.waitOf(last as RequestId, false)).toBeLessThanOrEqual(wait);
});

test("lets nobody wait who has been begun, and gives away no place for them", async ({
  open,
  redisUrl,
}) => {
  const client = new Redis(redisUrl);
  await client.hset("{test}:request:r-499", "version", 1);
  client.disconnect();
  const line = open("begun");
  const waits = await Promise.all(requests(500).map((id) => line.waitOf(id, false)));
  expect(waits.at(-1)).toBe(0);
  expect(waits.filter((wait) => wait === 0)).toHaveLength(401);
});

test("lets an urgent request in ahead of all others, and takes its place from the line", async ({
  open,
}) => {
  const line = open("urgent");
  await Promise.all(requests(400).map((id) => line.waitOf(id, false)));
  const [before = 0] = await Promise.all(requests(1, 400).map((id) => line.waitOf(id, false)));
  const urgent = await Promise.all(requests(50, 500).map((id) => line.waitOf(id, true)));
  expect(urgent).toEqual(urgent.map(() => 0));
  const [after = 0] = await Promise.all(requests(1, 600).map((id) => line.waitOf(id, false)));
  expect(after - before).toBeGreaterThan(50 * 100);
});

test("lets nobody starve and lets nobody in twice, whatever the mixture", async ({ open }) => {
  const mixture = fc.array(fc.boolean(), { minLength: 1, maxLength: 1200, size: "max" });
  await fc.assert(
    fc.asyncProperty(
      mixture,
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      async (urgent, share) => {
        const line = open(`mixture-${runs++}`, share);
        const waits = await Promise.all(
          requests(urgent.length).map((id, n) => line.waitOf(id, urgent[n] ?? false)),
        );
        const longest = (urgent.length / (600 * share)) * WINDOW_MS;
        expect(Math.max(...waits)).toBeLessThanOrEqual(longest + 1);
        const letIn = waits.filter((wait, n) => wait === 0 && !urgent[n]).length;
        expect(letIn).toBeLessThanOrEqual(Math.ceil((50 / 60) * 600 * share));
      },
    ),
    { numRuns: 40 },
  );
});

test("of one connection does not hold up another's", async ({ open }) => {
  await Promise.all(requests(5000).map((id) => open("saturated").waitOf(id, false)));
  const waits = await Promise.all(requests(50).map((id) => open("other").waitOf(id, false)));
  expect(Math.max(...waits)).toBe(0);
});
