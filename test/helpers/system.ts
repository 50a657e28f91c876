import { readFileSync } from "node:fs";
import { vi } from "vitest";
import { type EmulatorOptions, startEmulator } from "../../emulator/emulator.ts";
import { DEFAULT_APP } from "../../emulator/settings.ts";
import { openBase } from "../../src/base.ts";
import { type Config, parseConfig } from "../../src/config/config.ts";
import { RequestId } from "../../src/identifiers.ts";
import { openLogger } from "../../src/logger.ts";
import { openProducer } from "../../src/queues/producer.ts";
import { connectWorkerRedis } from "../../src/redis.ts";
import { isTerminal, type RequestRecord } from "../../src/requests/record.ts";
import { openFollowTask } from "../../src/worker/follow-task.ts";
import { startWorkerService } from "../../src/worker-service.ts";
import { test as withRedis } from "./redis.ts";

/** Tasks that end soon, and no rate limit unless a test asks for one. */
const QUICK_APP = {
  ...DEFAULT_APP,
  limits: false,
  tasks: { pendingMs: 20, runningMs: 80 },
} as const satisfies NonNullable<EmulatorOptions["apps"]>[number];

export type System = Awaited<ReturnType<typeof openSystem>>;

/** Queues, records, a producer and (once started) a worker, over a given Redis and emulator. */
export const openSystem = async (
  redisUrl: string,
  streamUrl: string,
  directory: string,
  env: Record<string, string> = {},
) => {
  const variables = {
    STREAM_API_KEY: DEFAULT_APP.apiKey,
    STREAM_API_SECRET: DEFAULT_APP.apiSecret,
    STREAM_BASE_URL: streamUrl,
    DATA_DIR: directory,
    SHUTDOWN_SECONDS: "1",
    STREAM_VERIFICATION: '{"enabled":false}',
    ...env,
  };
  const config = parseConfig(variables, (path) => readFileSync(path, "utf8"));
  const base = openBase(connectWorkerRedis(redisUrl), config);
  const producer = await openProducer(redisUrl);
  const record = async (id: string) => (await base.requests.read(RequestId.parse(id)))?.record;
  return {
    ...base,
    config,
    variables,
    followTask: openFollowTask(base.queues, base.now, Math.random),
    producer,
    record,
    /** Starts a worker in this process, with Stream's minute a hundred times shorter. */
    start: (override: Partial<Config> = {}) =>
      startWorkerService(
        base,
        { ...config, rateLimits: { share: 0.8, windowMs: 600 }, ...override },
        openLogger("silent"),
      ),
    /** How many attempts each status job that is completed has cost. */
    statusAttempts: async () =>
      (await base.queues["task-status"].getCompleted())
        .filter(({ name }) => name === "task-status")
        .map(({ attemptsMade }) => attemptsMade),
    /** Waits until a request's record satisfies `condition`. */
    until: (id: string, condition: (record: RequestRecord) => boolean, timeout = 15_000) =>
      vi.waitFor(
        async () => {
          const current = await record(id);
          if (!current || !condition(current)) {
            throw new Error(`${id} is still ${JSON.stringify(current?.state)}`);
          }
          return current;
        },
        { timeout, interval: 20 },
      ),
    async [Symbol.asyncDispose]() {
      await producer[Symbol.asyncDispose]();
      await base[Symbol.asyncDispose]();
    },
  };
};

/**
 * `stream`: an emulator for this test. `app`: its app. `system`: queues and records without a worker.
 * `env`: variables of the configuration, for a test to override.
 */
export const test = withRedis
  .extend("env", {} as Record<string, string>)
  .extend("stream", async ({}, { onCleanup }) => {
    const emulator = await startEmulator({ apps: [QUICK_APP] });
    onCleanup(() => emulator[Symbol.asyncDispose]());
    return emulator;
  })
  .extend("app", ({ stream }) => stream.app())
  .extend("system", async ({ redisUrl, stream, temporaryDirectory, env }, { onCleanup }) => {
    const system = await openSystem(redisUrl, stream.url, temporaryDirectory, env);
    onCleanup(() => system[Symbol.asyncDispose]());
    return system;
  })
  .extend("worker", async ({ system }, { onCleanup }) => {
    const worker = await system.start();
    onCleanup(() => worker[Symbol.asyncDispose]());
    return worker;
  });

export const settled = ({ state }: RequestRecord): boolean => isTerminal(state);

/** The states that a request has been through. */
export const path = (record: RequestRecord): string[] => record.history.map(({ state }) => state);
