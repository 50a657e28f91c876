import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { Dossier, UserProgress } from "../requests/record.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import type { Task } from "../stream/task.ts";
import { type Context, connectionOf } from "./context.ts";
import { boardUsers, submitUsers } from "./submit.ts";
import type { Submission, Verdict } from "./verdict.ts";

/**
 * Looks at one Stream task on behalf of all requests that it serves.
 * When all of them are settled and some failed, somebody retried this job: their users are submitted again.
 */
export const processTaskStatus = async (
  payload: TaskStatusPayload,
  dossiers: readonly Dossier[],
  context: Context,
): Promise<Verdict> => {
  const { stream } = connectionOf(context, payload.connection);
  const { taskId } = payload;
  const onTask = (state: UserProgress["state"]) => (user: UserProgress) =>
    user.state === state && "taskId" in user && user.taskId === taskId;
  const having = (state: UserProgress["state"]) =>
    dossiers.filter((dossier) => dossier.personal?.users?.some(onTask(state)));

  if (having("submitted").length > 0) return lookAt(payload, stream, context);
  const failed = having("failed");
  if (failed.length > 0) return submitAgain(failed, onTask("failed"), stream, context);
  return { kind: "completed", outcome: "erased_unverified", users: 0 };
};

const lookAt = async (
  { taskId, submittedAt }: TaskStatusPayload,
  stream: StreamApp,
  context: Context,
): Promise<Verdict> => {
  const submitted = Date.parse(submittedAt);
  const task = await getTask(stream, taskId);
  switch (task.state) {
    case "completed":
      return { kind: "ended", taskId, endOf: task.endOf };
    case "failed":
      return { kind: "ended", taskId, endOf: () => "task_failed" };
    case "unknown":
      return { kind: "ended", taskId, endOf: () => "task_unknown" };
    case "running":
      return context.now() - submitted >= context.taskDeadlineMs
        ? { kind: "ended", taskId, endOf: () => "task_deadline" }
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

const submitAgain = async (
  dossiers: readonly Dossier[],
  needs: (user: UserProgress) => boolean,
  stream: StreamApp,
  context: Context,
): Promise<Verdict> => {
  const attempts = await Promise.all(
    dossiers.map(async ({ record, personal }) => {
      const boarded = await boardUsers(stream, personal?.users ?? [], needs);
      if (boarded.failure) throw boarded.failure;
      const submitted = await submitUsers(stream, boarded.users, needs);
      return { requestId: record.requestId, ...submitted };
    }),
  );
  const failure = attempts.find((attempt) => attempt.failure)?.failure;
  const submissions: Submission[] = attempts.map(({ requestId, users }) => ({ requestId, users }));
  if (!failure) return { kind: "pending", submissions };
  for (const { requestId, users } of submissions)
    await context.journal.submitting(requestId, users);
  throw failure;
};

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
