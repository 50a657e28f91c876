import type { TaskId } from "../identifiers.ts";
import { type Dossier, moveTo, type Outcome, type State, withTasks } from "../requests/record.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { countLeft, type Left } from "../stream/leftovers.ts";
import { openTasks } from "./submit.ts";
import type { End } from "./verdict.ts";

type Users = readonly UserProgress[];
type Undone = Extract<UserProgress, { state: "failed" | "left" }>;

/** Whether a task has ended without being done with the user. */
export const isUndone = (user: UserProgress): user is Undone =>
  user.state === "failed" || user.state === "left";

/** The outcome of a deletion that waits for nothing and of which nothing has failed. */
export const outcomeOf = (users: Users): { outcome: Outcome; users: number } => {
  if (users.every((user) => user.state === "absent" && !user.seen))
    return { outcome: "no_match", users: 0 };
  const unverified = users.some(({ state }) => state === "erased");
  const verified = users.some(({ state }) => state === "verified");
  const outcome = verified && !unverified ? "erased_verified" : "erased_unverified";
  return { outcome, users: users.length };
};

/** The dossier after something became of its users: under way, or settled by the worst of them. */
export const withUsers = (dossier: Dossier, users: UserProgress[], now: number): Dossier => {
  const personal = dossier.personal && { ...dossier.personal, users };
  const next = { record: withTasks(dossier.record, openTasks(users)), personal };
  const state = stateOf(users);
  // Its own job has failed before all were submitted, and is the one to retry.
  const staysFailed =
    dossier.record.state.status === "failed" &&
    state.status === "in_progress" &&
    state.phase === "submitting";
  return staysFailed ? next : moveTo(next, state, now);
};

const stateOf = (users: Users): State => {
  const tasks = openTasks(users);
  if (tasks.length > 0) return { status: "in_progress", phase: "polling", tasks };
  if (users.some(({ state }) => state === "verifying"))
    return { status: "in_progress", phase: "verifying" };
  const failed = users.find((user) => user.state === "failed");
  if (failed) return { status: "failed", reason: failed.reason, message: adviceOn(failed.reason) };
  const left = users.flatMap((user) => (user.state === "left" ? [user.left] : []));
  if (left.length > 0) return partiallyErased(left);
  // One who has not been submitted is not erased, whatever became of the others.
  return users.some(({ state }) => state === "found")
    ? { status: "in_progress", phase: "submitting" }
    : { status: "completed", ...outcomeOf(users) };
};

// `failed`, not `completed`: whoever reads no further than the status must not take this for an erasure.
const partiallyErased = (left: readonly Left[]): State => {
  const { profiles, messages, reactions, devices, feeds } = countLeft(left);
  return {
    status: "failed",
    reason: "partially_erased",
    message: `Stream called the deletion complete, but still has ${profiles} profiles, ${messages} messages, ${reactions} reactions, ${devices} devices, ${feeds} feed items. ${REMEDY}`,
  };
};

/** The dossier after a Stream task has ended; unchanged when none of its users waits for that task. */
export const afterTask = (
  dossier: Dossier,
  { taskId, endOf, verify }: { taskId: TaskId; endOf(userId: string): End; verify: boolean },
  now: number,
): Dossier => {
  const users = dossier.personal?.users ?? [];
  if (!openTasks(users).includes(taskId)) return dossier;
  const ended = users.map((user) =>
    user.state === "submitted" && user.taskId === taskId ? userAfter(user, endOf, verify) : user,
  );
  return withUsers(dossier, ended, now);
};

const userAfter = (
  { userId, seen, taskId }: Extract<UserProgress, { state: "submitted" }>,
  endOf: (userId: string) => End,
  verify: boolean,
): UserProgress => {
  const end = endOf(userId);
  switch (end) {
    case "absent":
      // Somebody else has erased a user who was there; one who never was needs no reading.
      return verify && seen
        ? { userId, seen, state: "verifying", taskId }
        : { userId, seen, state: end };
    case "erased":
      return verify ? { userId, seen, state: "verifying", taskId } : { userId, seen, state: end };
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

/** What an operator does about users that are not done. */
export const REMEDY = "Retry the task-status job to submit again the users that are not done";

const WHAT_HAPPENED: Record<string, string> = {
  user_error: "Stream's task completed with an error for a user of this request",
  user_not_reported: "Stream's task completed without a result for a user of this request",
  not_verified: "Stream's task completed, but Stream could not be read again before the deadline",
  task_failed: "Stream's task failed",
  task_unknown: "Stream no longer knows the task, so nobody can say how it ended",
  task_deadline: "Stream's task did not end before the deadline",
};
