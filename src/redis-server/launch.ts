import { findRedisCommand, type RedisCommand } from "./command.ts";
import { lastingServer, throwAwayServer } from "./own-server.ts";

export type RedisServer = AsyncDisposable & {
  url: string;
  source: "REDIS_URL" | "already-running" | RedisCommand["source"];
  /** Ends Redis and leaves the rest in place, as a crash would. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts Redis again on the same port and directory. */
  restart(): Promise<void>;
};

/** Gives a Redis to work with: the one at `redisUrl`, else one of our own that ends with us. */
export const provideRedis = async (options: {
  redisUrl?: string | undefined;
  dataDirectory?: string | undefined;
  cacheDirectory: string;
  log?: (message: string) => void;
}): Promise<RedisServer> => {
  const { redisUrl, dataDirectory, cacheDirectory, log = () => undefined } = options;
  if (redisUrl !== undefined) return foreignServer(redisUrl, "REDIS_URL");
  const command = await findRedisCommand(cacheDirectory, log);
  if (dataDirectory === undefined) return await throwAwayServer(command);
  const server = await lastingServer(command, dataDirectory);
  return "runningAt" in server ? foreignServer(server.runningAt, "already-running") : server;
};

const foreignServer = (url: string, source: RedisServer["source"]): RedisServer => {
  const refuse = async () => {
    throw new Error(`This process did not start the Redis at ${new URL(url).host}`);
  };
  return { url, source, kill: refuse, restart: refuse, [Symbol.asyncDispose]: async () => {} };
};
