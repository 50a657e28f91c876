import { type JobsOptions, Queue, type QueueOptions } from "bullmq";
import type { Redis } from "ioredis";
import type { AccessPayload, DeletePayload, TaskStatusPayload } from "./payloads.ts";

/** The hash tag keeps every key in one slot, so that it runs on Redis Cluster. */
export const PREFIX = "{stream-dsr}";

export const QUEUE_NAMES = ["access", "delete", "task-status"] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/**
 * What holds for every job, whoever added it: the worker fills in what a foreign producer left out.
 * Twenty attempts with the worker's capped back-off last about two hours.
 */
export const JOB_OPTIONS = {
  attempts: 20,
  backoff: { type: "capped" },
  removeOnComplete: { age: 24 * 3600, count: 10_000 },
  removeOnFail: { age: 14 * 24 * 3600, count: 50_000 },
  stackTraceLimit: 1,
  keepLogs: 20,
} as const satisfies JobsOptions;

export type Queues = AsyncDisposable & {
  access: Queue<AccessPayload>;
  delete: Queue<DeletePayload>;
  "task-status": Queue<TaskStatusPayload>;
};

/** Opens the three queues on a caller's connection; disposing closes the queues, not the connection. */
export const openQueues = (connection: Redis, options: Partial<QueueOptions> = {}): Queues => {
  const open = (name: QueueName) => {
    const queue = new Queue(name, {
      connection,
      prefix: PREFIX,
      defaultJobOptions: JOB_OPTIONS,
      streams: { events: { maxLen: 1000 } },
      ...options,
    });
    // Without a listener an outage would be printed; whoever uses the queue is told by its own call.
    return queue.on("error", () => {});
  };
  const queues = {
    access: open("access"),
    delete: open("delete"),
    "task-status": open("task-status"),
  };
  return {
    ...queues,
    async [Symbol.asyncDispose]() {
      await Promise.all(QUEUE_NAMES.map((name) => queues[name].close()));
    },
  };
};

/** The status job of a Stream task: one per task, whatever the number of requests it serves. */
export const statusJobId = (taskId: string): string => `task-${taskId}`;
