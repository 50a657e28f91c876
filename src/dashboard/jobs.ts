import { type QueueName, type Queues, statusJobId } from "../queues/queues.ts";
import type { RequestView } from "../requests/view.ts";

export type JobOfRequest = { queue: QueueName; id: string; state: string };

/** The jobs of a request that are still in their queues, by the names that our producer gives them. */
export const jobsOf = async (
  { requestId, type, tasks }: RequestView,
  queues: Queues,
): Promise<JobOfRequest[]> => {
  const names = [
    { queue: type, id: requestId as string },
    ...tasks.map((task) => ({ queue: "task-status" as const, id: statusJobId(task) })),
  ];
  const jobs = await Promise.all(
    names.map(async ({ queue, id }) => ({ queue, id, state: await queues[queue].getJobState(id) })),
  );
  return jobs.filter(({ state }) => state !== "unknown");
};
