import type { RequestId } from "../identifiers.ts";
import type { Journal } from "../processors/context.ts";
import { type Dossier, moveTo } from "../requests/record.ts";
import type { RequestStore } from "../requests/store.ts";

/** Keeps the processors' notes in the request records. */
export const openJournal = (requests: RequestStore, now: () => number): Journal => {
  const note = (id: RequestId, step: (dossier: Dossier) => Dossier) =>
    requests.update(id, (current) => {
      if (!current) throw new Error(`The record of request ${id} is gone`);
      return step(current);
    });
  return {
    async submitting(id, users) {
      await note(id, ({ record, personal }) =>
        moveTo(
          { record, personal: personal && { ...personal, users } },
          { status: "in_progress", phase: "submitting" },
          now(),
        ),
      );
    },
    async collecting(id) {
      await note(id, (dossier) =>
        moveTo(dossier, { status: "in_progress", phase: "collecting" }, now()),
      );
    },
  };
};
