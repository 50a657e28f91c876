import { access, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, vi } from "vitest";
import { provideRedis } from "../../src/redis-server/launch.ts";
import { cacheDirectory, test } from "../helpers/redis.ts";
import { launchAndStay } from "./child.ts";

const ask = async <T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on("error", () => undefined);
  return await question(redis).finally(() => redis.disconnect());
};

const setting = async (url: string, name: string): Promise<string> => {
  const answer = await ask(url, (redis) => redis.config("GET", name));
  return (answer as string[])[1] ?? "";
};

const whenGone = (url: string) =>
  vi.waitFor(() => expect(ask(url, (redis) => redis.ping())).rejects.toThrow(), 5_000);

describe("a Redis that is given", () => {
  test("is used as it is and never stopped", async ({ redisUrl }) => {
    const server = await provideRedis({ redisUrl, cacheDirectory: "/nowhere" });
    expect(server).toMatchObject({ url: redisUrl, source: "REDIS_URL" });
    await expect(server.kill()).rejects.toThrow("This process did not start the Redis");
    await server[Symbol.asyncDispose]();
    expect(await ask(redisUrl, (redis) => redis.ping())).toBe("PONG");
  });
});

describe("a throw-away Redis", () => {
  test("listens on this machine only, evicts nothing and writes nothing", async ({ redis }) => {
    const names = ["bind", "protected-mode", "maxmemory-policy", "appendonly", "save"];
    const values = names.map((name) => setting(redis.url, name));
    expect(await Promise.all(values)).toEqual(["127.0.0.1", "yes", "noeviction", "no", ""]);
  });

  test("runs the Lua libraries that BullMQ needs", async ({ redisUrl }) => {
    const script = "return cjson.encode({ #cmsgpack.pack(1), bit.band(3, 1) })";
    expect(await ask(redisUrl, (redis) => redis.eval(script, 0))).toBe("[1,1]");
  });

  test("is gone with its directory when disposed of", async () => {
    const server = await provideRedis({ cacheDirectory });
    const directory = await setting(server.url, "dir");
    await server[Symbol.asyncDispose]();
    await whenGone(server.url);
    await expect(access(directory)).rejects.toThrow("ENOENT");
  });

  test("ends when the process that started it is killed", async () => {
    const { url, kill } = await launchAndStay({ cacheDirectory });
    const directory = await setting(url, "dir");
    kill();
    await whenGone(url);
    await vi.waitFor(() => expect(access(directory)).rejects.toThrow("ENOENT"), 5_000);
  });
});

describe("a Redis with a data directory", () => {
  test("comes back from a crash on the same port with its data", async ({ ownRedis }) => {
    await ask(ownRedis.url, (redis) => redis.set("key", "value"));
    await ownRedis.kill("SIGKILL");
    await whenGone(ownRedis.url);
    await ownRedis.restart();
    expect(await ask(ownRedis.url, (redis) => redis.get("key"))).toBe("value");
    expect(await setting(ownRedis.url, "appendfsync")).toBe("everysec");
  });

  test("keeps data and port for the next start", async ({ temporaryDirectory }) => {
    const options = { cacheDirectory, dataDirectory: temporaryDirectory };
    const first = await provideRedis(options);
    await ask(first.url, (redis) => redis.set("key", "value"));
    await first[Symbol.asyncDispose]();
    const second = await provideRedis(options);
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, (redis) => redis.get("key"))).toBe("value");
    await second[Symbol.asyncDispose]();
  });

  test("is shared by starts at the same time", async ({ temporaryDirectory }) => {
    const options = { cacheDirectory, dataDirectory: temporaryDirectory };
    const starts = [1, 2, 3].map(() => provideRedis(options));
    const servers = await Promise.all(starts);
    const sources = servers.map((server) => server.source);
    expect(sources.filter((source) => source === "already-running")).toHaveLength(2);
    expect(new Set(servers.map((server) => server.url)).size).toBe(1);
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });

  test("starts again right after its process was killed", async ({ temporaryDirectory }) => {
    const options = { cacheDirectory, dataDirectory: temporaryDirectory };
    const { url, kill } = await launchAndStay(options);
    await ask(url, (redis) => redis.set("key", "value"));
    kill();
    await whenGone(url);
    const server = await provideRedis(options);
    expect(server.source).not.toBe("already-running");
    expect(await ask(server.url, (redis) => redis.get("key"))).toBe("value");
    await server[Symbol.asyncDispose]();
  });

  test("tells when another program has its port", async ({
    temporaryDirectory,
    onTestFinished,
  }) => {
    const options = { cacheDirectory, dataDirectory: temporaryDirectory };
    await (await provideRedis(options))[Symbol.asyncDispose]();
    const file = join(temporaryDirectory, "redis.port");
    const port = Number(await readFile(file, "utf8"));
    const stranger = createServer((socket) => socket.end("hello\r\n"));
    await new Promise<void>((resolve) => stranger.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => void stranger.close());
    await expect(provideRedis(options)).rejects.toThrow(
      `Port ${port} is in use by another program, but ${file} reserves it`,
    );
  });
});
