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
