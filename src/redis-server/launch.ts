import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findRedisCommand, type RedisCommand } from "./command.ts";
import { whoListens } from "./identity.ts";
import { freePort, portFile, portOf } from "./port.ts";
import { type RedisProcess, RedisStartError, startRedisProcess } from "./process.ts";

export type RedisServer = AsyncDisposable & {
  url: string;
  source: "REDIS_URL" | "already-running" | RedisCommand["source"];
  kill(signal?: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
};

/** Gives a Redis to work with: the given one, else one of our own that ends when disposed of. */
export const provideRedis = async (options: {
  redisUrl?: string | undefined;
  dataDirectory?: string | undefined;
  cacheDirectory: string;
  log?: (message: string) => void;
}): Promise<RedisServer> => {
  const { redisUrl, dataDirectory, cacheDirectory, log = () => undefined } = options;
  if (redisUrl !== undefined) return foreignServer(redisUrl, "REDIS_URL");
  const command = await findRedisCommand(cacheDirectory, log);
  return dataDirectory === undefined
    ? await throwAwayServer(command)
    : await lastingServer(command, dataDirectory);
};

const foreignServer = (url: string, source: RedisServer["source"]): RedisServer => {
  const refuse = async () => {
    throw new Error("This process did not start Redis, so it does not stop it.");
  };
  return { url, source, kill: refuse, restart: refuse, [Symbol.asyncDispose]: async () => {} };
};

const throwAwayServer = async (command: RedisCommand): Promise<RedisServer> => {
  const directory = await mkdtemp(join(tmpdir(), "stream-dsr-redis-"));
  const settings = { command, directory, port: await freePort(), persistent: false };
  try {
    return await ownServer(settings, () => rm(directory, { recursive: true, force: true }));
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (error instanceof RedisStartError && error.portTaken) return await throwAwayServer(command);
    throw error;
  }
};

/** A second start on the same data joins the server that the first one started. */
const lastingServer = async (
  command: RedisCommand,
  dataDirectory: string,
): Promise<RedisServer> => {
  await mkdir(dataDirectory, { recursive: true });
  const directory = await realpath(dataDirectory);
  const port = await portOf(directory);
  try {
    return await ownServer({ command, directory, port, persistent: true }, async () => {});
  } catch (error) {
    if (!(error instanceof RedisStartError && error.portTaken)) throw error;
  }
  const listener = await whoListens(port, directory);
  if (listener === "ours") return foreignServer(urlOf(port), "already-running");
  if (listener === "stranger") {
    const note = portFile(directory);
    throw new Error(
      `Port ${port}, noted in ${note} for the Redis data there, is taken by another program. Stop it, or delete ${note}.`,
    );
  }
  await sleep(100);
  return await lastingServer(command, dataDirectory);
};

const ownServer = async (
  settings: Parameters<typeof startRedisProcess>[0],
  cleanUp: () => Promise<void>,
): Promise<RedisServer> => {
  const running: { process: RedisProcess } = { process: await startRedisProcess(settings) };
  const kill = (signal: NodeJS.Signals = "SIGTERM") => running.process.stop(signal);
  return {
    url: urlOf(settings.port),
    source: settings.command.source,
    kill,
    async restart() {
      await kill();
      running.process = await startRedisProcess(settings);
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await cleanUp();
    },
  };
};

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;
