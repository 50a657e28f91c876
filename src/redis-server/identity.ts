import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** Tells whether the listener on a port is the Redis that works on `directory`. */
export const whoListens = async (
  port: number,
  directory: string,
): Promise<"ours" | "stranger" | "nobody"> => {
  const failure = { code: "" };
  const redis = new Redis({ port, host: "127.0.0.1", retryStrategy: () => null });
  redis.on("error", (error: NodeJS.ErrnoException) => {
    failure.code = error.code ?? "";
  });
  try {
    const answer = redis.config("GET", "dir");
    const reply = await Promise.race([answer, sleep(5_000, undefined, { ref: false })]);
    return JSON.stringify(reply ?? "").includes(JSON.stringify(directory)) ? "ours" : "stranger";
  } catch {
    return failure.code === "ECONNREFUSED" ? "nobody" : "stranger";
  } finally {
    redis.disconnect();
  }
};
