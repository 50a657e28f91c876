import { setMaxListeners } from "node:events";
import type { Redis } from "ioredis";
import packageJson from "../package.json" with { type: "json" };
import type { Base } from "./base.ts";
import type { Config } from "./config/config.ts";
import { type Connections, openConnections } from "./connections.ts";
import { parseSigningKey, provideSigningKey } from "./evidence/keys.ts";
import { openEvidence } from "./evidence/receipts.ts";
import { openBrake } from "./limits/brake.ts";
import { openLimits } from "./limits/limits.ts";
import type { Logger } from "./logger.ts";
import { PREFIX } from "./queues/queues.ts";
import { openResultStore } from "./results/store.ts";
import { verifyCredentials } from "./stream/check.ts";
import { startAttesting } from "./worker/attest.ts";
import { openFollowTask } from "./worker/follow-task.ts";
import { openJournal } from "./worker/journal.ts";
import { scheduleReconciler } from "./worker/reconcile.ts";
import { startWorkers } from "./worker/worker.ts";

/**
 * Starts working the queues: connections verified and complained of, reconciler scheduled, workers running.
 * Disposing lets the jobs under way finish, within the configured time.
 */
export const startWorkerService = async (
  { redis, queues, requests, now }: Base,
  config: Config,
  logger: Logger,
): Promise<AsyncDisposable> => {
  const stopping = new AbortController();
  const givingUp = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, givingUp.signal);
  const limits = openLimits(redis, PREFIX, config.rateLimits);
  const connections = await openConnections(config.connections, limits.limiterOf, {
    stopping: stopping.signal,
    givingUp: givingUp.signal,
  });
  await reportConnections(connections, logger);
  const context = {
    connections,
    results: openResultStore(config.results.directory),
    journal: openJournal(requests, now),
    brake: openBrake(redis, PREFIX, (connection, mostDeletionsPerHour) =>
      logger.error(
        { connection, mostDeletionsPerHour },
        `BRAKE: too many deletions in an hour; those of connection ${connection} are held until you say release ${connection}`,
      ),
    ),
    waitForDevices: limits.waitForDevices,
    now,
    random: Math.random,
    taskDeadlineMs: config.worker.taskDeadlineMs,
  };
  const { lineOf } = limits;
  const followTask = openFollowTask(queues, now, Math.random);
  const { subjectKey } = config.requests;
  const means = { context, requests, queues, followTask, lineOf, subjectKey };
  await scheduleReconciler(means);
  const evidence = await openReceipts(redis, config, now);
  const attesting = startAttesting({ requests, connections, evidence, now, logger });
  const workers = startWorkers(redis, means, config.worker, logger);
  logger.info({ connections: [...connections.keys()] }, "worker ready");
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await workers.close(config.worker.shutdownMs, () => givingUp.abort());
      await attesting[Symbol.asyncDispose]();
      logger.info("worker stopped");
    },
  };
};

const openReceipts = async (redis: Redis, config: Config, now: () => number) => {
  const { key, keyFile, directory } = config.evidence;
  return openEvidence({
    redis,
    prefix: PREFIX,
    directory,
    key: key === undefined ? await provideSigningKey(keyFile) : await parseSigningKey(key),
    now,
    version: packageJson.version,
    ttlSeconds: config.requests.ttlSeconds,
  });
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
