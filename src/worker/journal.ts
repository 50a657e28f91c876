import type { RequestId } from "../identifiers.ts";
import type { Journal } from "../processors/context.ts";
import { type Dossier, moveTo } from "../requests/record.ts";
import type { RequestStore } from "../requests/store.ts";
import type { UserProgress } from "../requests/user-progress.ts";

/** Keeps the processors' notes in the request records. */
export const openJournal = (requests: RequestStore, now: () => number): Journal => {
  const note = (id: RequestId, step: (dossier: Dossier) => Dossier) =>
    requests.update(id, (current) => {
      if (!current) throw new Error(`The record of request ${id} is gone`);
      return step(current);
    });
  const move = async (id: RequestId, users: UserProgress[], phase: "submitting" | "collecting") => {
    await note(id, ({ record, personal }) =>
      moveTo(
        { record, personal: personal && { ...personal, users } },
        { status: "in_progress", phase },
        now(),
      ),
    );
  };
  return {
    submitting: (id, users) => move(id, users, "submitting"),
    collecting: (id, users) => move(id, users, "collecting"),
  };
};
