import type { Redis } from "ioredis";
import type { Config } from "./config/config.ts";
import { type Connections, openConnections } from "./connections.ts";
import { startDashboard } from "./dashboard/dashboard.ts";
import type { Logger } from "./logger.ts";
import { openQueues, PREFIX, type Queues } from "./queues/queues.ts";
import { connectWorkerRedis } from "./redis.ts";
import { openRequestStore, type RequestStore } from "./requests/store.ts";
import { openResultStore } from "./results/store.ts";
import { verifyCredentials } from "./stream/check.ts";
import { openJournal } from "./worker/journal.ts";
import { scheduleReconciler } from "./worker/reconcile.ts";
import { startWorkers } from "./worker/worker.ts";

/** What every long-running part of the system stands on. */
export type Base = AsyncDisposable & {
  redis: Redis;
  queues: Queues;
  requests: RequestStore;
  now: () => number;
};

/** Opens queues and records on one Redis connection. */
export const openBase = (redisUrl: string, config: Config): Base => {
  const redis = connectWorkerRedis(redisUrl);
  const queues = openQueues(redis);
  const now = Date.now;
  const requests = openRequestStore(redis, {
    prefix: PREFIX,
    ttlSeconds: config.requests.ttlSeconds,
    now,
  });
  return {
    redis,
    queues,
    requests,
    now,
    async [Symbol.asyncDispose]() {
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
};

/**
 * Starts working the queues: connections verified and complained of, reconciler scheduled, workers running.
 * Disposing lets the jobs under way finish, within the configured time.
 */
export const startWorkerService = async (
  { redis, queues, requests, now }: Base,
  config: Config,
  logger: Logger,
): Promise<AsyncDisposable> => {
  const connections = await openConnections(config.connections);
  await reportConnections(connections, logger);
  const context = {
    connections,
    results: openResultStore(config.results.directory),
    journal: openJournal(requests, now),
    now,
    random: Math.random,
    taskDeadlineMs: config.worker.taskDeadlineMs,
  };
  const means = { context, requests, queues, subjectKey: config.requests.subjectKey };
  await scheduleReconciler(means);
  const workers = startWorkers(redis, means, config.worker.concurrency, logger);
  logger.info({ connections: [...connections.keys()] }, "worker ready");
  return {
    async [Symbol.asyncDispose]() {
      await workers.close(config.worker.shutdownMs);
      logger.info("worker stopped");
    },
  };
};

/** Starts the dashboard over the queues and records. */
export const startDashboardService = async (
  { queues, requests }: Base,
  config: Config,
  logger: Logger,
) => {
  const dashboard = await startDashboard({ ...config.dashboard, queues, requests, logger });
  logger.info({ url: dashboard.url }, "dashboard ready");
  return dashboard;
};

// A refused connection does not stop the worker: its requests wait, and those of the others go on.
const reportConnections = async (connections: Connections, logger: Logger): Promise<void> => {
  for (const [name, { config, stream }] of connections) {
    const verification = await verifyCredentials(config, stream);
    if (verification.ok)
      logger.info({ connection: name, app: verification.app }, "connection ready");
    else logger.error({ connection: name, code: verification.code }, verification.advice);
  }
};
