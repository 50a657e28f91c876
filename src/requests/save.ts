import type { Redis } from "ioredis";
import { z } from "zod";
import type { RequestId, TaskId } from "../identifiers.ts";
import type { Keys } from "./keys.ts";
import { type Dossier, isFinal, isTerminal } from "./record.ts";
import { SAVE_SCRIPT } from "./save-script.ts";

/** A dossier to be stored if its version is still the expected one. */
export type Save = { id: RequestId; expected: number; dossier: Dossier };

/** Stores dossiers in one script call. @returns for each whether it was stored: false is a conflict. */
export const saveAll = async (
  redis: Redis,
  keys: Keys,
  saves: readonly Save[],
  options: { ttlSeconds: number; now: () => number },
): Promise<boolean[]> => {
  const scriptKeys = [keys.open, keys.due, keys.ended, keys.actionRequired];
  const items: (string | number)[] = [options.ttlSeconds, options.now()];
  for (const { id, expected, dossier } of saves) {
    const tasks = tasksOf(dossier);
    scriptKeys.push(keys.record(id), keys.personal(id));
    for (const task of tasks) scriptKeys.push(keys.task(task));
    items.push(
      id,
      expected,
      JSON.stringify(dossier.record),
      dossier.personal ? JSON.stringify(dossier.personal) : "",
      tasks.length,
      isTerminal(dossier.record.state) ? 0 : 1,
      dueTime(dossier),
      heldSince(dossier),
    );
  }
  const saved = await redis.eval(SAVE_SCRIPT, scriptKeys.length, ...scriptKeys, ...items);
  return Answers.parse(saved).map((answer) => answer === 1);
};

const Answers = z.array(z.int());

const dueTime = ({ record: { dueAt, state } }: Dossier): number | "" =>
  dueAt !== null && !isFinal(state) ? Date.parse(dueAt) : "";

const heldSince = ({ record: { state, history } }: Dossier): number | "" =>
  state.status === "action_required" ? Date.parse(history.at(-1)?.at ?? "") : "";

/** The Stream tasks that the dossier's users wait for, or ended with (a retry of the status job needs those). */
const tasksOf = ({ personal }: Dossier): TaskId[] => {
  const tasks = (personal?.users ?? []).flatMap((user) => ("taskId" in user ? [user.taskId] : []));
  return [...new Set(tasks)];
};
