import fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect } from "vitest";
import { openLimiter } from "../../src/limits/redis-limiter.ts";
import { waitForSlot } from "../../src/stream/limiter.ts";
import { test as base } from "../helpers/redis.ts";

const WINDOW_MS = 60_000;
// Slots are told as waits; what passes between Redis' clock and ours blurs them by a few milliseconds.
const BLUR_MS = 25;

const test = base
  .extend("clients", async ({ redisUrl }, { onCleanup }) => {
    const clients = [new Redis(redisUrl), new Redis(redisUrl)] as const;
    onCleanup(() => {
      for (const client of clients) client.disconnect();
    });
    return clients;
  })
  .extend(
    "open",
    ({ clients }) =>
      (connection: string, share = 0.8, worker: 0 | 1 = 0) =>
        openLimiter(clients[worker], { prefix: "{test}", connection, share, windowMs: WINDOW_MS }),
  );

const mostWithin = (slots: readonly number[], span: number): number => {
  const sorted = slots.toSorted((a, b) => a - b);
  const counts = sorted.map(
    (start, from) => sorted.slice(from).filter((slot) => slot < start + span - BLUR_MS).length,
  );
  return Math.max(...counts);
};

const anyLimit = fc.record({
  limit: fc.integer({ min: 1, max: 2000 }),
  share: fc.double({ min: 0.1, max: 1, noNaN: true }),
  calls: fc.integer({ min: 1, max: 300 }),
});
let runs = 0;

describe("slots of the rate limit", () => {
  test("never exceed the limit in any minute or second, whichever of two workers asks", async ({
    open,
  }) => {
    await fc.assert(
      fc.asyncProperty(anyLimit, async ({ limit, share, calls }) => {
        const connection = `any-${runs++}`;
        const workers = [open(connection, share, 0), open(connection, share, 1)] as const;
        await workers[0].observe("QueryUsers", { limit, remaining: limit, resetAt: 0 });
        const slots = await Promise.all(
          Array.from({ length: calls }, (_, n) =>
            workers[n % 2 === 0 ? 0 : 1].reserve("QueryUsers", 1e9),
          ),
        );
        expect(mostWithin(slots, WINDOW_MS)).toBeLessThanOrEqual(limit);
        expect(mostWithin(slots, WINDOW_MS / 60)).toBeLessThanOrEqual(Math.max(1, limit / 30));
      }),
      { numRuns: 60, examples: [[{ limit: 120, share: 0.992, calls: 236 }]] },
    );
  });

  test("are none of them lost: as many as the share of the limit allows go out", async ({
    open,
  }) => {
    await fc.assert(
      fc.asyncProperty(anyLimit, async ({ limit, share, calls }) => {
        const connection = `none-lost-${runs++}`;
        const limiter = open(connection, share);
        await limiter.observe("QueryUsers", { limit, remaining: limit, resetAt: 0 });
        const before = Date.now();
        const slots = await Promise.all(
          Array.from({ length: calls }, () => limiter.reserve("QueryUsers", 1e9)),
        );
        const span = Math.max(...slots) - before;
        expect(span).toBeLessThanOrEqual(((calls - 1) * WINDOW_MS) / (limit * share) + 1000);
      }),
      { numRuns: 40 },
    );
  });

  test("come in the order in which they were asked for, so that nobody starves", async ({
    open,
  }) => {
    const limiter = open("in-order");
    const slots: number[] = [];
    for (let call = 0; call < 50; call++) slots.push(await limiter.reserve("DeleteUsers", 1e9));
    expect(slots).toEqual(slots.toSorted((a, b) => a - b));
  });

  test("of DeleteUsers are 12.5 seconds apart at 80 % of 6 a minute", async ({ open }) => {
    const limiter = open("delete");
    const [first = 0, second = 0, third = 0] = [
      await limiter.reserve("DeleteUsers", 1e9),
      await limiter.reserve("DeleteUsers", 1e9),
      await limiter.reserve("DeleteUsers", 1e9),
    ];
    expect(Math.abs(second - first - 12_500)).toBeLessThan(BLUR_MS);
    expect(Math.abs(third - second - 12_500)).toBeLessThan(BLUR_MS);
  });

  test("that are too far away are refused with their time, and not taken", async ({ open }) => {
    const limiter = open("far");
    await limiter.reserve("DeleteUsers", 0);
    for (let call = 0; call < 3; call++) {
      const error = await limiter.reserve("DeleteUsers", 1000).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "rate_limited" });
      expect(error.retryAt - Date.now()).toBeLessThanOrEqual(12_500);
      expect(error.retryAt - Date.now()).toBeGreaterThan(11_000);
    }
  });

  test("of one connection do not depend on another's, nor one operation's on another's", async ({
    open,
  }) => {
    for (let call = 0; call < 5; call++) await open("busy").reserve("DeleteUsers", 1e9);
    const now = Date.now();
    expect(await open("idle").reserve("DeleteUsers", 1e9)).toBeLessThan(now + 1000);
    expect(await open("busy").reserve("QueryUsers", 1e9)).toBeLessThan(now + 1000);
  });
});

describe("what Stream's headers tell", () => {
  test("corrects the limit for all workers", async ({ open }) => {
    await open("told", 1, 0).observe("DeleteUsers", { limit: 600, remaining: 599, resetAt: 0 });
    const limiter = open("told", 1, 1);
    const slots = [await limiter.reserve("DeleteUsers", 1e9)];
    for (let call = 0; call < 100; call++) slots.push(await limiter.reserve("DeleteUsers", 1e9));
    expect((slots.at(-1) ?? 0) - (slots[0] ?? 0)).toBeLessThan(10_100);
  });

  test("pauses an operation until the reset when only the others' share is left", async ({
    open,
  }) => {
    const limiter = open("shared");
    const resetAt = Date.now() + 30_000;
    await limiter.observe("ExportUser", { limit: 60, remaining: 13, resetAt });
    expect(await limiter.reserve("ExportUser", 1e9)).toBeLessThan(resetAt - 25_000);
    await limiter.observe("ExportUser", { limit: 60, remaining: 12, resetAt });
    expect(await limiter.reserve("ExportUser", 1e9)).toBeGreaterThanOrEqual(resetAt - BLUR_MS);
  });

  test("pauses an operation for as long as a refusal says, for all workers", async ({ open }) => {
    const until = Date.now() + 20_000;
    await open("refused", 0.8, 0).pause("GetTask", until);
    await open("refused", 0.8, 0).pause("GetTask", until - 10_000);
    expect(await open("refused", 0.8, 1).reserve("GetTask", 1e9)).toBeGreaterThanOrEqual(
      until - BLUR_MS,
    );
  });
});

test("without Redis no slot is given", async ({ ownRedis }) => {
  const client = new Redis(ownRedis.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on("error", () => {});
  const limiter = openLimiter(client, {
    prefix: "{test}",
    connection: "c",
    share: 0.8,
    windowMs: WINDOW_MS,
  });
  await limiter.reserve("GetTask", 0);
  await ownRedis.kill("SIGKILL");
  await expect(limiter.reserve("GetTask", 0)).rejects.toThrow();
});

describe("a call that waits in place for its slot", () => {
  const SHORT_MS = 1000;
  const waitFor = async (client: Redis, connection: string, meanwhile?: number) => {
    const options = { prefix: "{test}", connection, share: 0.8, windowMs: SHORT_MS };
    const limiter = openLimiter(client, options);
    await limiter.reserve("DeleteUsers", 0);
    const slots: number[] = [];
    const reserved = (at: number) => slots.push(at);
    const gone = waitForSlot(limiter, "DeleteUsers", { longestMs: 1e9, reserved });
    if (meanwhile !== undefined) await limiter.pause("DeleteUsers", meanwhile);
    await gone;
    return { slots, at: Date.now() };
  };

  test("goes when it comes", async ({ clients }) => {
    const { slots, at } = await waitFor(clients[0], "goes");
    expect(slots).toHaveLength(1);
    expect(at).toBeGreaterThanOrEqual((slots[0] ?? 0) - BLUR_MS);
  });

  test("gives it up for a later one when Stream has said no meanwhile", async ({ clients }) => {
    const until = Date.now() + 2 * SHORT_MS;
    const { slots, at } = await waitFor(clients[0], "given-up", until);
    expect(slots).toHaveLength(2);
    expect(slots[0]).toBeLessThan(until - SHORT_MS);
    expect(at).toBeGreaterThanOrEqual(until - BLUR_MS);
  });
});
