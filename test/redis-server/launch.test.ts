import { Redis } from "ioredis";
import { describe, expect } from "vitest";
import { test } from "../helpers/redis.ts";

describe("a throw-away Redis", () => {
  test("runs as production would, without persistence", async ({ redis }) => {
    const client = new Redis(redis.url);
    expect(await client.config("GET", "maxmemory-policy")).toEqual([
      "maxmemory-policy",
      "noeviction",
    ]);
    client.disconnect();
  });
  test("own", async ({ ownRedis }) => {
    const client = new Redis(ownRedis.url);
    await client.set("a", "b");
    await ownRedis.kill("SIGKILL");
    await ownRedis.restart();
    expect(await client.get("a")).toBe("b");
    client.disconnect();
  });
});
