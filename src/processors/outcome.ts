import type { TaskId } from "../identifiers.ts";
import { type Dossier, moveTo, type Outcome, type UserProgress } from "../requests/record.ts";
import { openTasks } from "./submit.ts";
import type { End } from "./verdict.ts";

/** The outcome of a deletion of which no user is waiting or failed. */
export const outcomeOf = (users: readonly UserProgress[]): { outcome: Outcome; users: number } => {
  const nobody = users.every((user) => user.state === "absent" && !user.seen);
  return nobody
    ? { outcome: "no_match", users: 0 }
    : { outcome: "erased_unverified", users: users.length };
};

/** The dossier after Stream has accepted a deletion, or after a task has ended: polling, or settled by its users. */
export const withUsers = (dossier: Dossier, users: UserProgress[], now: number): Dossier => {
  const next = { ...dossier, personal: dossier.personal && { ...dossier.personal, users } };
  const tasks = openTasks(users);
  if (tasks.length > 0)
    return moveTo(next, { status: "in_progress", phase: "polling", tasks }, now);
  const failed = users.find((user) => user.state === "failed");
  return failed
    ? moveTo(
        next,
        { status: "failed", reason: failed.reason, message: adviceOn(failed.reason) },
        now,
      )
    : moveTo(next, { status: "completed", ...outcomeOf(users) }, now);
};

/** The dossier after a Stream task has ended; unchanged when none of its users waits for that task. */
export const afterTask = (
  dossier: Dossier,
  taskId: TaskId,
  endOf: (userId: string) => End,
  now: number,
): Dossier => {
  const users = dossier.personal?.users ?? [];
  if (!openTasks(users).includes(taskId)) return dossier;
  const ended = users.map((user) =>
    user.state === "submitted" && user.taskId === taskId ? userAfter(user, endOf) : user,
  );
  return withUsers(dossier, ended, now);
};

const userAfter = (
  { userId, seen, taskId }: Extract<UserProgress, { state: "submitted" }>,
  endOf: (userId: string) => End,
): UserProgress => {
  const end = endOf(userId);
  switch (end) {
    case "erased":
    case "absent":
      return { userId, seen, state: end };
    case "failed":
      return { userId, seen, state: "failed", taskId, reason: "user_error" };
    case "not_reported":
      return { userId, seen, state: "failed", taskId, reason: "user_not_reported" };
    case "task_failed":
    case "task_unknown":
    case "task_deadline":
      return { userId, seen, state: "failed", taskId, reason: end };
  }
};

const adviceOn = (reason: string): string => `${WHAT_HAPPENED[reason] ?? reason}. ${REMEDY}`;

const REMEDY = "Retry the task-status job to submit again the users that are not done";

const WHAT_HAPPENED: Record<string, string> = {
  user_error: "Stream's task completed with an error for a user of this request",
  user_not_reported: "Stream's task completed without a result for a user of this request",
  task_failed: "Stream's task failed",
  task_unknown: "Stream no longer knows the task, so nobody can say how it ended",
  task_deadline: "Stream's task did not end before the deadline",
};
