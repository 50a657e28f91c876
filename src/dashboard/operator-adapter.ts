import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { AppJobScheduler, JobStatus, QueueJobJson } from "@bull-board/api/typings/app";
import type { Job, Queue } from "bullmq";
import { presentJob, presentName } from "./present-job.ts";

/**
 * A queue as an operator may see and move it. Everything that Bull Board shows of a job it takes from
 * `toJSON`, and every retry goes through `retry`; both are replaced on each job that leaves here.
 */
export class OperatorAdapter extends BullMQAdapter {
  override readonly allowCompletedRetries = false;

  constructor(queue: Queue, description: string) {
    super(queue, {
      description,
      ...(queue.name !== "task-status" && { externalJobUrl: linkToRequest }),
    });
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && forOperator(job);
  }

  override async getJobs(statuses: JobStatus[], start?: number, end?: number): Promise<Job[]> {
    return (await super.getJobs(statuses, start, end)).map(forOperator);
  }

  /** Our workers write no job logs, so these are a stranger's. */
  override async getJobLogs(): Promise<string[]> {
    return [];
  }

  /** There are no flows here; a stranger's would show its jobs unredacted. */
  override async getFlowProducer(): Promise<null> {
    return null;
  }

  override async getJobSchedulers(): Promise<Omit<AppJobScheduler, "queueName">[]> {
    const schedulers = await super.getJobSchedulers();
    return schedulers.map(({ template: _, ...scheduler }) => ({
      ...scheduler,
      name: presentName(scheduler.name),
    }));
  }
}

// A retry by hand follows a mended cause, so it gets all its attempts again and not just one.
const forOperator = (job: Job): Job => {
  const retry = job.retry.bind(job);
  return Object.assign(job, {
    toJSON: () => presentJob(job),
    retry: (state: "completed" | "failed" = "failed") =>
      retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true }),
  });
};

const linkToRequest = ({ id, data }: QueueJobJson) => ({
  displayText: "Request",
  href: `requests/${encodeURIComponent(data.requestId ?? id)}`,
});
