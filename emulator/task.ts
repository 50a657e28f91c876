import type { AppSettings } from "./settings.ts";
import { nanoseconds } from "./timestamps.ts";

type TaskError = {
  type: string;
  description: string;
  stacktrace?: string;
  version?: string;
};

/** How a task ends, where it does not simply do its work. */
export type TaskOutcome =
  | ({ kind: "failed" } & Partial<TaskError>)
  /** Completes, but reports these errors by user id, or cid, and leaves what they name alone. */
  | { kind: "user_errors"; errors: Readonly<Record<string, string>> }
  /** Completes and does its work, but the result does not name these users. */
  | { kind: "not_reported"; userIds: readonly string[] }
  | { kind: "never_ends" }
  /** GetTask answers 404 at once, or from the task's end on. With `worked` the data are gone all the same. */
  | { kind: "vanishes"; from?: "start" | "end"; worked?: boolean };

type TaskResult = Record<string, unknown>;

/** What a task does at its end; a throw makes it fail. @returns its result, made anew for each GetTask. */
export type Work = (
  endedAt: number,
  outcome: TaskOutcome | undefined,
) => (now: number) => TaskResult;

export type Task = {
  id: string;
  createdAt: number;
  /** When the task leaves `waiting`, `pending` and `running`. */
  ends: readonly [number, number, number];
  outcome: TaskOutcome | undefined;
  work: Work;
  result?: (now: number) => TaskResult;
  error?: TaskError;
};

export const phaseEnds = (
  { waitingMs, pendingMs, runningMs, stuck }: AppSettings["tasks"],
  start: number,
  outcome: TaskOutcome | undefined,
): Task["ends"] => {
  const waiting = start + waitingMs;
  const pending = waiting + pendingMs;
  const endless = stuck || outcome?.kind === "never_ends";
  return [waiting, pending, endless ? Number.POSITIVE_INFINITY : pending + runningMs];
};

/** Does the task's work, unless it was told to end otherwise. */
export const finish = (task: Task): void => {
  const { outcome } = task;
  if (outcome?.kind === "vanishes" && !outcome.worked) return;
  if (outcome?.kind === "failed") {
    const { kind: _, ...given } = outcome;
    task.error = { ...DEFAULT_ERROR, ...given };
    return;
  }
  try {
    task.result = task.work(task.ends[2], outcome);
  } catch (error) {
    task.error = { ...DEFAULT_ERROR, description: String(error) };
  }
};

const DEFAULT_ERROR: TaskError = {
  type: "InternalError",
  description: "something wrong happened, please retry",
  stacktrace: "goroutine 1 [running]: main.main()",
  version: "v236.0.4",
};

export const isGone = (task: Task, retentionMs: number, now: number): boolean => {
  const [, , end] = task.ends;
  if (task.outcome?.kind !== "vanishes") return now >= end + retentionMs;
  return task.outcome.from === "start" || now >= end;
};

/** GetTask's answer. */
export const taskView = (task: Task, settings: AppSettings, now: number) => {
  const { status, since } = phaseOf(task, now);
  const absent = settings.taskFields === "null" ? { result: null, error: null } : {};
  return {
    task_id: task.id,
    status,
    created_at: nanoseconds(task.createdAt),
    updated_at: nanoseconds(since),
    ...(status === "completed" || status === "failed" ? {} : absent),
    ...(task.result && { result: task.result(now) }),
    ...(task.error && { error: task.error }),
  };
};

const phaseOf = (task: Task, now: number) => {
  const [waiting, pending, end] = task.ends;
  // The clock may pass the end between the work that was due and this look: then the work is still to be done.
  if (task.error) return { status: "failed", since: end };
  if (task.result) return { status: "completed", since: end };
  if (now >= pending) return { status: "running", since: pending };
  return now >= waiting
    ? { status: "pending", since: waiting }
    : { status: "waiting", since: task.createdAt };
};
