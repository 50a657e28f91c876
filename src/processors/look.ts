import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import type { Task } from "../stream/task.ts";
import type { Context } from "./context.ts";
import type { Verdict } from "./verdict.ts";

/** Looks at a Stream task once: it has ended, one way or another, or it is looked at again later. */
export const lookAt = async (
  { taskId, submittedAt }: Pick<TaskStatusPayload, "taskId" | "submittedAt">,
  stream: StreamApp,
  context: Context,
): Promise<Extract<Verdict, { kind: "ended" | "later" }>> => {
  const submitted = Date.parse(submittedAt);
  const task = await getTask(stream, taskId);
  switch (task.state) {
    case "completed":
      return { ...task, kind: "ended", how: "completed", verify: false, taskId };
    case "failed":
      return endedAs("task_failed", taskId);
    case "unknown":
      return endedAs("task_unknown", taskId);
    case "running":
      return context.now() - submitted >= context.taskDeadlineMs
        ? endedAs("task_deadline", taskId)
        : { kind: "later", at: nextLook(submitted, context.now(), context.random()) };
  }
};

type Look = Task | { state: "unknown" };

// An outage of Stream is no verdict on the task: the look is repeated until the deadline.
const getTask = async (stream: StreamApp, taskId: TaskStatusPayload["taskId"]): Promise<Look> => {
  try {
    return await stream.getTask(taskId);
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    if (error.code === "not_found") return { state: "unknown" };
    if (error.retryable && error.code !== "rate_limited") return { state: "running" };
    throw error;
  }
};

const endedAs = (
  how: "task_failed" | "task_unknown" | "task_deadline",
  taskId: TaskStatusPayload["taskId"],
) => ({ kind: "ended", how, verify: false, taskId, errors: 0, endOf: () => how }) as const;

const FIRST_LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/**
 * When to look next: after about a second, then after a fifth of the task's age, so that its end is noticed
 * within a quarter of its duration. Jitter of ±10 % keeps tasks of one batch from being looked at together.
 */
export const nextLook = (submittedAt: number, now: number, random: number): number => {
  const pause = Math.min(Math.max(FIRST_LOOK_MS, (now - submittedAt) / 5), LONGEST_PAUSE_MS);
  return now + Math.round(pause * (0.9 + 0.2 * random));
};
