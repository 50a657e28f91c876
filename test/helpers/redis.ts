import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { test as base } from "vitest";
import { provideRedis } from "../../src/redis-server/launch.ts";

/** Where a fetched Redis is kept between test runs. */
export const cacheDirectory = join(import.meta.dirname, "../../.cache");

/**
 * `redis` and `redisUrl`: one throw-away server per file, emptied before each test.
 * `ownRedis`: a server for this test alone that keeps its data over `kill` and `restart`.
 */
export const test = base
  .extend("redisOfFile", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = await provideRedis({ cacheDirectory });
    onCleanup(() => server[Symbol.asyncDispose]());
    return server;
  })
  .extend("redis", async ({ redisOfFile }) => {
    const client = new Redis(redisOfFile.url);
    await client.flushall();
    client.disconnect();
    return redisOfFile;
  })
  .extend("redisUrl", ({ redis }) => redis.url)
  .extend("temporaryDirectory", async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), "stream-dsr-test-"));
    onCleanup(() => rm(directory, { recursive: true, force: true }));
    return directory;
  })
  .extend("ownRedis", async ({ temporaryDirectory }, { onCleanup }) => {
    const dataDirectory = join(temporaryDirectory, "redis");
    const server = await provideRedis({ cacheDirectory, dataDirectory });
    onCleanup(() => server[Symbol.asyncDispose]());
    return server;
  });
