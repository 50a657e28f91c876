import type { RequestId } from "../identifiers.ts";
import type { Journal } from "../processors/context.ts";
import { openTasks } from "../processors/submit.ts";
import type { Clearance } from "../requests/clearance.ts";
import {
  type Dossier,
  isFinal,
  moveTo,
  type Personal,
  type State,
  withTasks,
} from "../requests/record.ts";
import { summarize } from "../requests/step.ts";
import type { RequestStore } from "../requests/store.ts";
import { merged, type UserProgress } from "../requests/user-progress.ts";

/** Keeps the processors' notes in the request records. A request that a human has ended takes none. */
export const openJournal = (requests: RequestStore, now: () => number): Journal => {
  const note = async (id: RequestId, step: (dossier: Dossier) => Dossier): Promise<boolean> => {
    const { record } = await requests.update(id, (current) => {
      if (!current) throw new Error(`The record of request ${id} is gone`);
      return isFinal(current.record.state) ? current : step(current);
    });
    return !isFinal(record.state);
  };
  const move = (
    id: RequestId,
    state: State,
    known: Partial<Personal> & { users: UserProgress[] },
  ): Promise<boolean> =>
    note(id, ({ record, personal }) => {
      const users = merged(personal?.users, known.users);
      return moveTo(
        {
          record: withTasks(record, openTasks(users)),
          personal: personal && { ...personal, ...known, users },
        },
        state,
        now(),
      );
    });
  // Another worker may have come further since this one read the request: a job that stalled is worked twice.
  const hold = (id: RequestId, from: Clearance["kind"][], state: State, known: Partial<Personal>) =>
    note(id, (dossier) => {
      const { record, personal } = dossier;
      if (!personal || !from.includes(personal.clearance.kind)) return dossier;
      return moveTo({ record, personal: { ...personal, ...known } }, state, now());
    });
  const at = (phase: "waiting" | "submitting" | "collecting") =>
    ({ status: "in_progress", phase }) as const;
  return {
    reviewing: (id, users, why) =>
      hold(id, ["none"], { status: "action_required", ...why }, { users }),
    waiting: (id, users, until) =>
      hold(id, ["none", "approved"], at("waiting"), {
        users,
        clearance: { kind: "waiting", until },
      }),
    submitting: (id, users) => move(id, at("submitting"), { users, clearance: { kind: "passed" } }),
    collecting: (id, users) => move(id, at("collecting"), { users }),
    stepping: (id, steps) =>
      note(id, ({ record, personal }) => {
        const tasks = steps.flatMap((step) => step.tasks);
        return {
          record: { ...withTasks(record, tasks), steps: summarize(steps) },
          personal: personal && { ...personal, steps },
        };
      }),
    counted: (id, inventory) =>
      note(id, (dossier) => ({ ...dossier, record: { ...dossier.record, inventory } })),
  };
};
