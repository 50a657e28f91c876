import { Redis } from "ioredis";
import { expect } from "vitest";
import { ConnectionName, RequestId } from "../../src/identifiers.ts";
import { openBrake } from "../../src/limits/brake.ts";
import { test as withRedis } from "../helpers/redis.ts";

const eu = ConnectionName.parse("eu");
const us = ConnectionName.parse("us");
const request = (name: string, users = 1) => ({ requestId: RequestId.parse(name), users });

const test = withRedis
  .extend("redisClient", async ({ redisUrl }, { onCleanup }) => {
    const client = new Redis(redisUrl);
    onCleanup(() => client.disconnect());
    return client;
  })
  .extend("brake", ({ redisClient }) => {
    const engaged: string[] = [];
    return { engaged, ...openBrake(redisClient, "{test}", (name) => engaged.push(name)) };
  });

test("admits so many users in an hour, whatever the number of requests and workers", async ({
  brake,
  redisClient,
}) => {
  const other = openBrake(redisClient, "{test}");
  expect(await brake.admits(eu, request("a", 2), 4)).toBe(true);
  expect(await other.admits(eu, request("b", 2), 4)).toBe(true);
  expect(await brake.admits(eu, request("c"), 4)).toBe(false);
  expect(await other.admits(eu, request("a", 2), 4)).toBe(false);
  expect(await brake.admits(us, request("d"), 4)).toBe(true);
});

test("counts a request once, however often it is tried", async ({ brake }) => {
  for (let n = 0; n < 3; n++) expect(await brake.admits(eu, request("a"), 2)).toBe(true);
  expect(await brake.admits(eu, request("b"), 2)).toBe(true);
});

test("says once that it is engaged, and again when it engages again", async ({ brake }) => {
  for (const name of ["a", "b", "c"]) await brake.admits(eu, request(name), 1);
  expect(brake.engaged).toEqual(["eu"]);
  expect(await brake.release(eu)).toBe(true);
  for (const name of ["d", "e", "f"]) await brake.admits(eu, request(name), 1);
  expect(brake.engaged).toEqual(["eu", "eu"]);
});

test("forgets what is older than an hour, but never releases itself", async ({
  brake,
  redisClient,
}) => {
  const age = async () => {
    const users = await redisClient.zrange("{test}:deletions:eu", "0", "-1");
    const longAgo = Date.now() - 3_600_001;
    for (const user of users) await redisClient.zadd("{test}:deletions:eu", longAgo, user);
  };
  expect(await brake.admits(eu, request("a"), 1)).toBe(true);
  await age();
  expect(await brake.admits(eu, request("b"), 1)).toBe(true);
  expect(await brake.admits(eu, request("c"), 1)).toBe(false);
  await age();
  expect(await brake.admits(eu, request("c"), 1)).toBe(false);
  expect(await redisClient.pttl("{test}:brake:eu")).toBe(-1);
});

test("lets a request through that alone exceeds it, when it is the first", async ({ brake }) => {
  expect(await brake.admits(eu, request("a", 5), 2)).toBe(true);
  expect(await brake.admits(eu, request("b"), 2)).toBe(false);
});

test("is released once", async ({ brake }) => {
  expect(await brake.release(eu)).toBe(false);
});
