import { Redis } from "ioredis";

/** Tells whether the program on a port is the Redis that keeps its data in `directory`. */
export const isRedisOf = async (port: number, directory: string): Promise<boolean> => {
  const redis = new Redis(port, "127.0.0.1", {
    commandTimeout: 1_000,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  redis.on("error", () => undefined);
  try {
    const answer = await redis.config("GET", "dir");
    return Array.isArray(answer) && answer[1] === directory;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
};
