import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, type QueueOptions } from "bullmq";
import { Redis } from "ioredis";
import { type AppOptions, DEFAULT_APP } from "../emulator/settings.ts";
import type { RateLimits } from "../src/limits/limits.ts";
import { provideRedis } from "../src/redis-server/launch.ts";
import type { BareCommands, BareSetup } from "./bare-process.ts";
import { type Child, startChild } from "./child.ts";
import type { EmulatorCommands } from "./emulator-process.ts";
import type { WorkerCommands } from "./worker-process.ts";

/** Everything that one measurement runs on: an empty Redis, an emulator, and workers as they are asked for. */
export type Lab = AsyncDisposable & {
  redis: Redis;
  redisUrl: string;
  streamUrl: string;
  directory: string;
  emulator: Child<EmulatorCommands>;
  /** Starts one of our workers in a process of its own; resolves when it works. */
  startWorker(
    rateLimits: RateLimits,
    variables?: Record<string, string>,
  ): Promise<Child<WorkerCommands>>;
  /** Opens a queue by name, ours or a bare one. */
  queue<Data>(name: string, options?: Omit<QueueOptions, "connection">): Queue<Data>;
  /** Starts the bare worker that the others are compared with. */
  startBare(options: BareSetup["options"]): Promise<Child<BareCommands>>;
};

const cacheDirectory = join(import.meta.dirname, "../.cache");

export const openLab = async (apps: readonly AppOptions[]): Promise<Lab> => {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "stream-dsr-bench-"));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const server = opened.use(await provideRedis({ cacheDirectory }));
  const redis = opened.adopt(new Redis(server.url), (client) => client.disconnect());
  const emulator = opened.use(startChild<EmulatorCommands>("emulator-process.ts"));
  const streamUrl = await emulator.ask("start", apps);
  const places = { redisUrl: server.url, streamUrl, directory };
  const resources = opened.move();

  return {
    ...places,
    redis,
    emulator,
    async startWorker(rateLimits, variables = {}) {
      const worker = resources.use(startChild<WorkerCommands>("worker-process.ts"));
      const setup = { redisUrl: server.url, rateLimits };
      await worker.ask("start", { ...setup, variables: { ...variablesFor(places), ...variables } });
      return worker;
    },
    async startBare(options) {
      const worker = resources.use(startChild<BareCommands>("bare-process.ts"));
      await worker.ask("start", { ...places, options });
      return worker;
    },
    queue<Data>(name: string, options: Omit<QueueOptions, "connection"> = {}) {
      const connection = resources.adopt(redis.duplicate(), (client) => client.disconnect());
      return resources.adopt(new Queue<Data>(name, { ...options, connection }), (queue) =>
        queue.close(),
      );
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

/** The configuration of a worker with the emulator's first app as its only connection. */
const variablesFor = ({ streamUrl, directory }: Pick<Lab, "streamUrl" | "directory">) => ({
  STREAM_API_KEY: DEFAULT_APP.apiKey,
  STREAM_API_SECRET: DEFAULT_APP.apiSecret,
  STREAM_BASE_URL: streamUrl,
  DATA_DIR: directory,
  // Reading Stream again five minutes later would be most of every time that is measured.
  STREAM_VERIFICATION: JSON.stringify({ enabled: false }),
});
