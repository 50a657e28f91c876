import { type Job, type Processor, Worker, type WorkerOptions } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "../logger.ts";
import { openForgetter } from "../queues/forget.ts";
import { JOB_OPTIONS, PREFIX, QUEUE_NAMES, type QueueName } from "../queues/queues.ts";
import { RECONCILE, reconcile } from "./reconcile.ts";
import { runAccess, runDelete, runTaskStatus } from "./run.ts";
import type { Means } from "./settle.ts";

export type Workers = {
  /** Stops taking jobs, waits for those under way, and after `graceMs` breaks off their calls (`giveUp`) and puts them back. */
  close(graceMs: number, giveUp: () => void): Promise<void>;
};

const RUN = { access: runAccess, delete: runDelete, "task-status": runTaskStatus };

/** Starts one BullMQ worker a queue. */
export const startWorkers = (
  connection: Redis,
  means: Means,
  options: { concurrency: Record<QueueName, number>; lockMs: number },
  logger: Logger,
): Workers => {
  const forgetSubject = openForgetter(connection);
  const workers = QUEUE_NAMES.map((name) => {
    const process: Processor = (job, token, signal) => {
      withDefaults(job);
      return name === "task-status" && job.name === RECONCILE
        ? reconcile(means)
        : RUN[name]({ job, token, signal, means });
    };
    const worker = new Worker(name, process, {
      ...OPTIONS,
      connection,
      concurrency: options.concurrency[name],
      lockDuration: options.lockMs,
      stalledInterval: options.lockMs / 2,
    });
    report(worker, name, forgetSubject, logger);
    return worker;
  });
  return {
    async close(graceMs, giveUp) {
      const grace = setTimeout(() => {
        for (const worker of workers) worker.cancelAllJobs("shutdown");
        giveUp();
      }, graceMs);
      await Promise.all(workers.map((worker) => worker.close()));
      clearTimeout(grace);
    },
  };
};

const OPTIONS = {
  prefix: PREFIX,
  // Seconds. A worker that waits for jobs can miss that a delayed one has come due; it looks again after this.
  drainDelay: 1,
  // A rolling restart may hit the same job twice.
  maxStalledCount: 3,
  settings: { backoffStrategy: (attempts: number) => backoff(attempts, Math.random()) },
} satisfies Omit<WorkerOptions, "connection">;

/** Milliseconds before attempt `attempts + 1`: doubling from two seconds to ten minutes, spread by a fifth. */
export const backoff = (attempts: number, random: number): number =>
  Math.round(Math.min(1000 * 2 ** attempts, 600_000) * (0.9 + 0.2 * random));

// A producer in another language adds jobs without our options; the retry policy is the worker's.
const withDefaults = (job: Job): void => {
  const given = job.opts.attempts ? job.opts : { ...job.opts, attempts: JOB_OPTIONS.attempts };
  job.opts = { ...JOB_OPTIONS, ...given };
};

const report = (
  worker: Worker,
  queue: QueueName,
  forgetSubject: (job: Job) => Promise<void>,
  logger: Logger,
): void => {
  worker.on("error", (error) => logger.error({ queue, error: error.message }, "worker error"));
  worker.on("stalled", (jobId) => logger.warn({ queue, jobId }, "job stalled"));
  worker.on("failed", (job, error) => {
    const final = job?.finishedOn !== undefined;
    logger[final ? "error" : "warn"](
      { queue, jobId: job?.id, error: error.message },
      final ? "job failed" : "attempt failed",
    );
  });
  worker.on("completed", (job, result) => {
    logger.info({ queue, jobId: job.id, result }, "job completed");
    forgetSubject(job).catch((error) =>
      logger.warn({ queue, jobId: job.id, error: error.message }, "subject kept in job"),
    );
  });
};
