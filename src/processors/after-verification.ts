import type { TaskId } from "../identifiers.ts";
import type { Dossier } from "../requests/record.ts";
import { type Step, summarize, withNews } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { countLeft, type Left } from "../stream/leftovers.ts";
import { withUsers } from "./outcome.ts";

/** The dossier after Stream has been read again on behalf of a task's users. */
export const afterVerification = (
  dossier: Dossier,
  { taskId, leftOf }: { taskId: TaskId; leftOf(userId: string): Left | "unknown" | undefined },
  now: number,
): Dossier => {
  const known = dossier.personal?.users ?? [];
  if (!known.some((user) => user.state === "verifying" && user.taskId === taskId)) return dossier;
  const users = known.map((user): UserProgress => {
    if (user.state !== "verifying" || user.taskId !== taskId) return user;
    const { userId, seen } = user;
    const left = leftOf(userId);
    if (left === "unknown")
      return { userId, seen, state: "failed", taskId, reason: "not_verified" };
    return left
      ? { userId, seen, state: "left", taskId, left }
      : { userId, seen, state: "verified" };
  });
  const read = users.filter(({ state }) => state === "verified" || state === "left").length;
  const left = countLeft(users.flatMap((user) => (user.state === "left" ? [user.left] : [])));
  const steps = withNews(dossier.personal?.steps ?? [], users.flatMap(stepsUndoneBy));
  const personal = dossier.personal && { ...dossier.personal, steps };
  const verification = { read: { users: read }, left };
  const record = { ...dossier.record, steps: summarize(steps), verification };
  return withUsers({ record, personal }, users, now);
};

// A step that has left something has failed, so that a retry repeats it.
const stepsUndoneBy = (user: UserProgress): Step[] => {
  if (user.state !== "left") return [];
  const { userId, left } = user;
  return (["devices", "feeds"] as const)
    .filter((name) => left[name] > 0)
    .map((name) => ({ userId, name, tasks: [], state: "failed", reason: "left_over" }));
};
