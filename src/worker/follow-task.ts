import DataLoader from "dataloader";
import type { ConnectionName, TaskId } from "../identifiers.ts";
import { nextLook } from "../processors/task-status.ts";
import { type Queues, statusJobId } from "../queues/queues.ts";

/** Makes sure that somebody looks at a Stream task. Asked again, it changes nothing. */
export type FollowTask = (taskId: TaskId, connection: ConnectionName) => Promise<unknown>;

/** The hundred requests that a task serves ask for its status job at the same time: it is added once. */
export const openFollowTask = (
  queues: Queues,
  now: () => number,
  random: () => number,
): FollowTask => {
  const loader = new DataLoader<{ taskId: TaskId; connection: ConnectionName }, true>(
    async (asked) => {
      const connections = new Map(asked.map(({ taskId, connection }) => [taskId, connection]));
      const submittedAt = now();
      await queues["task-status"].addBulk(
        [...connections].map(([taskId, connection]) => ({
          name: "task-status",
          data: {
            version: 1 as const,
            connection,
            taskId,
            submittedAt: new Date(submittedAt).toISOString(),
          },
          opts: {
            jobId: statusJobId(taskId),
            delay: nextLook(submittedAt, submittedAt, random()) - submittedAt,
          },
        })),
      );
      return asked.map(() => true as const);
    },
    { cache: false },
  );
  return (taskId, connection) => loader.load({ taskId, connection });
};
