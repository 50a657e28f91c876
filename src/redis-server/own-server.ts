import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisCommand } from "./command.ts";
import { isRedisOf } from "./identity.ts";
import type { RedisServer } from "./launch.ts";
import { freePort, portFile, portOf } from "./port.ts";
import { type RedisSettings, RedisStartError, startRedisProcess } from "./process.ts";

/** Keeps nothing: its directory goes when it is disposed of. */
export const throwAwayServer = async (command: RedisCommand): Promise<RedisServer> => {
  const directory = await mkdtemp(join(tmpdir(), "stream-dsr-redis-"));
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  const settings = { command, directory, port: await freePort(), persistent: false };
  const server = await startUnlessPortTaken(settings).catch(async (error) => {
    await removeDirectory();
    throw error;
  });
  const dispose = async () => {
    await server?.kill("SIGKILL");
    await removeDirectory();
  };
  if (server) return { ...server, [Symbol.asyncDispose]: dispose };
  await dispose();
  return await throwAwayServer(command);
};

/** Keeps its data in `dataDirectory`. A second start on the same data finds the first one's server. */
export const lastingServer = async (
  command: RedisCommand,
  dataDirectory: string,
  attempts = 10,
): Promise<RedisServer | { runningAt: string }> => {
  await mkdir(dataDirectory, { recursive: true });
  const directory = await realpath(dataDirectory);
  const port = await portOf(directory);
  const server = await startUnlessPortTaken({ command, directory, port, persistent: true });
  if (server) return server;
  if (await isRedisOf(port, directory)) return { runningAt: urlOf(port) };
  if (attempts === 1) throw new Error(portTakenMessage(port, portFile(directory)));
  // It may be the former server, on its way out.
  await sleep(250);
  return await lastingServer(command, dataDirectory, attempts - 1);
};

const startUnlessPortTaken = async (settings: RedisSettings): Promise<RedisServer | undefined> => {
  try {
    return await startServer(settings);
  } catch (error) {
    if (error instanceof RedisStartError && error.portTaken) return undefined;
    throw error;
  }
};

const startServer = async (settings: RedisSettings): Promise<RedisServer> => {
  const running = { process: await startRedisProcess(settings) };
  const kill = (signal: NodeJS.Signals = "SIGTERM") => running.process.stop(signal);
  return {
    url: urlOf(settings.port),
    source: settings.command.source,
    kill,
    async restart() {
      await kill();
      running.process = await startRedisProcess(settings);
    },
    [Symbol.asyncDispose]: () => kill(),
  };
};

const portTakenMessage = (port: number, note: string): string =>
  `Port ${port} is in use by another program, but ${note} reserves it for the Redis data beside it. ` +
  "End that program, or delete the file to get another port.";

const urlOf = (port: number): string => `redis://127.0.0.1:${port}`;
