import { z } from "zod";
import { TaskId, UserId } from "../identifiers.ts";
import { Left } from "../stream/leftovers.ts";

/**
 * How far the erasure of one user has come (or the export, by a task, of one who is large).
 * `seen` says whether the look-up found the user.
 */
export const UserProgress = z.discriminatedUnion("state", [
  z.strictObject({ userId: UserId, seen: z.boolean(), state: z.literal("found") }),
  z.strictObject({
    userId: UserId,
    seen: z.boolean(),
    state: z.literal("submitted"),
    taskId: TaskId,
  }),
  z.strictObject({ userId: UserId, seen: z.boolean(), state: z.literal("ready"), taskId: TaskId }),
  z.strictObject({
    userId: UserId,
    seen: z.boolean(),
    state: z.literal("verifying"),
    taskId: TaskId,
  }),
  z.strictObject({
    userId: UserId,
    seen: z.boolean(),
    state: z.literal("left"),
    taskId: TaskId,
    left: Left,
  }),
  z.strictObject({ userId: UserId, seen: z.boolean(), state: z.literal("verified") }),
  z.strictObject({ userId: UserId, seen: z.boolean(), state: z.literal("erased") }),
  z.strictObject({ userId: UserId, seen: z.boolean(), state: z.literal("absent") }),
  z.strictObject({
    userId: UserId,
    seen: z.boolean(),
    state: z.literal("failed"),
    taskId: TaskId,
    reason: z.string(),
  }),
]);
export type UserProgress = z.infer<typeof UserProgress>;

const RANK: Record<UserProgress["state"], number> = {
  found: 0,
  submitted: 1,
  ready: 2,
  verifying: 2,
  failed: 2,
  left: 2,
  erased: 3,
  absent: 3,
  verified: 3,
};

/**
 * Brings together what a record knows of its users and what a job has found out about them: whoever has come further
 * counts, so that a job that began earlier cannot set back what another one has done meanwhile.
 */
export const merged = (
  known: readonly UserProgress[] | null | undefined,
  news: readonly UserProgress[],
): UserProgress[] =>
  news.map((user) => {
    const before = known?.find(({ userId }) => userId === user.userId);
    return before && !supersedes(user, before) ? before : user;
  });

const supersedes = (user: UserProgress, before: UserProgress): boolean => {
  const isSubmittedAgain =
    user.state === "submitted" && "taskId" in before && before.taskId !== user.taskId;
  return RANK[user.state] >= RANK[before.state] || (isSubmittedAgain && RANK[before.state] === 2);
};
