import DataLoader from "dataloader";
import type { ConnectionName, TaskId } from "../identifiers.ts";
import { nextLook } from "../processors/look.ts";
import type { TaskPurpose } from "../queues/payloads.ts";
import { type Queues, statusJobId } from "../queues/queues.ts";

/** Makes sure that somebody looks at a Stream task. Asked again, it changes nothing. */
export type FollowTask = (task: FollowedTask) => Promise<unknown>;

type FollowedTask = { taskId: TaskId; connection: ConnectionName; purpose: TaskPurpose };

/** The hundred requests that a task serves ask for its status job at the same time: it is added once. */
export const openFollowTask = (
  queues: Queues,
  now: () => number,
  random: () => number,
): FollowTask => {
  const loader = new DataLoader<FollowedTask, true>(
    async (asked) => {
      const tasks = new Map(asked.map((task) => [task.taskId, task]));
      const submittedAt = now();
      await queues["task-status"].addBulk(
        [...tasks.values()].map((task) => ({
          name: "task-status",
          data: {
            version: 1 as const,
            ...task,
            submittedAt: new Date(submittedAt).toISOString(),
          },
          opts: {
            jobId: statusJobId(task.taskId),
            delay: nextLook(submittedAt, submittedAt, random()) - submittedAt,
          },
        })),
      );
      return asked.map(() => true as const);
    },
    { cache: false },
  );
  return (task) => loader.load(task);
};
