import type { Base } from "../base.ts";
import type { ConnectionName } from "../identifiers.ts";
import { openBrake } from "../limits/brake.ts";
import { PREFIX } from "../queues/queues.ts";
import { BRAKE, type RequestRecord } from "../requests/record.ts";
import { DecisionError } from "./decide.ts";
import { moveJob } from "./move-job.ts";

const MOST_WOKEN = 10_000;

/**
 * Releases the brake of a connection and wakes its requests; those beyond the first ten thousand come by themselves.
 * @throws DecisionError when the brake is not engaged.
 */
export const release = async (
  connection: ConnectionName,
  { redis, requests, queues }: Pick<Base, "redis" | "requests" | "queues">,
): Promise<void> => {
  if (!(await openBrake(redis, PREFIX).release(connection))) {
    throw new DecisionError(`The brake of connection ${connection} is not engaged.`);
  }
  const ids = await requests.openSince(Date.now(), MOST_WOKEN);
  const dossiers = await Promise.all(ids.map((id) => requests.read(id)));
  const held = dossiers.flatMap((dossier) => dossier?.record ?? []).filter(isBraked(connection));
  await Promise.all(held.map((record) => moveJob(record, queues)));
};

const isBraked =
  (connection: ConnectionName) =>
  ({ connection: own, state }: RequestRecord): boolean =>
    own === connection && state.status === "action_required" && state.reason === BRAKE;
