import type { UserId } from "../identifiers.ts";
import type { Dossier } from "../requests/record.ts";
import type { Step } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";

/** A user whom a task has erased, by its own account. */
export type Suspect = {
  userId: UserId;
  /** Whether there were push devices before. */
  hadDevices: boolean;
};

/** The users of these requests that `needs` picks, each once, in an order that does not change from run to run. */
export const suspectsAmong = (
  dossiers: readonly Dossier[],
  needs: (user: UserProgress) => boolean,
): Suspect[] => {
  const hadDevices = new Map<UserId, boolean>();
  for (const { personal } of dossiers) {
    for (const { userId } of personal?.users?.filter(needs) ?? []) {
      const had = personal?.steps.some(
        (step) => step.userId === userId && step.name === "devices" && !isOfNothing(step),
      );
      hadDevices.set(userId, hadDevices.get(userId) || had === true);
    }
  }
  return [...hadDevices]
    .map(([userId, hadDevices]) => ({ userId, hadDevices }))
    .sort((one, other) => (one.userId < other.userId ? -1 : 1));
};

const isOfNothing = (step: Step): boolean => step.state === "done" && step.count === 0;
