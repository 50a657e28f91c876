import type { Job } from "bullmq";
import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { PREFIX } from "./queues.ts";

/** KEYS: jobs. ARGV: their new data. A job that has been removed meanwhile is not brought back. */
const FORGET_SCRIPT = `
for i, job in ipairs(KEYS) do
  if redis.call('EXISTS', job) == 1 then redis.call('HSET', job, 'data', ARGV[i]) end
end
`;

/**
 * Takes the subject and the metadata out of jobs that have ended: they need them no longer.
 * BullMQ's `updateData` is a script call a job; this is one for all that end together.
 */
export const openForgetter = (redis: Redis) => {
  const loader = new DataLoader<Job, true>(
    async (jobs) => {
      const keys = jobs.map((job) => `${PREFIX}:${job.queueName}:${job.id}`);
      await redis.eval(FORGET_SCRIPT, keys.length, ...keys, ...jobs.map(withoutSubject));
      return jobs.map(() => true as const);
    },
    { cache: false, maxBatchSize: 500 },
  );
  return async (job: Job): Promise<void> => {
    if (typeof job.data === "object" && job.data && "subject" in job.data) await loader.load(job);
  };
};

const withoutSubject = (job: Job): string => {
  const { subject: _, metadata: __, ...rest } = job.data;
  return JSON.stringify(rest);
};
