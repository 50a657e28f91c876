import type { Connection, Connections } from "../connections.ts";
import type { ConnectionName, RequestId } from "../identifiers.ts";
import type { Brake } from "../limits/brake.ts";
import type { Inventory } from "../requests/inventory.ts";
import type { Personal, RequestRecord } from "../requests/record.ts";
import type { Step } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { ResultStore } from "../results/store.ts";

/** What processors work with. They see no queue, no Redis and no attempt numbers. */
export type Context = {
  connections: Connections;
  results: ResultStore;
  journal: Journal;
  brake: Pick<Brake, "admits">;
  /** When devices of a request's users may be deleted. @returns how long until then (ms), 0 when that is now. */
  waitForDevices(connection: ConnectionName, request: RequestId, count: number): Promise<number>;
  now: () => number;
  /** From 0 to 1, to spread looks at Stream. */
  random: () => number;
  /** How long a Stream task may run before we stop waiting for it. */
  taskDeadlineMs: number;
};

/** What an earlier run of a request's job, or a human, has left for the next one. */
export type Known = Pick<Personal, "users" | "clearance" | "steps"> &
  Pick<RequestRecord, "inventory">;

/** Notes on the way of a request that must outlive a crash. */
export type Journal = {
  /** The users are known, and a human must agree to their deletion. @returns false when the request has been cancelled. */
  reviewing(
    request: RequestId,
    users: UserProgress[],
    why: { reason: string; message: string },
  ): Promise<boolean>;
  /** The users are known and submitted no sooner than `until` (ms since the epoch). @returns as above. */
  waiting(request: RequestId, users: UserProgress[], until: number): Promise<boolean>;
  /**
   * The users are known and about to be submitted. After this, the look-up is never repeated and nobody can cancel.
   * @returns false when the request has been cancelled before: nobody may be submitted.
   */
  submitting(request: RequestId, users: UserProgress[]): Promise<boolean>;
  /** The users are known and being exported. */
  collecting(request: RequestId, users: UserProgress[]): Promise<boolean>;
  /** How far the steps beside have come. @returns as above. */
  stepping(request: RequestId, steps: Step[]): Promise<boolean>;
  /** What was there before anything was deleted. @returns as above. */
  counted(request: RequestId, inventory: Inventory): Promise<boolean>;
};

/** A request names a connection that is not configured. */
export class UnknownConnectionError extends Error {
  override name = "UnknownConnectionError";
  readonly code = "unknown_connection";
  constructor(name: string) {
    super(`There is no connection ${name}. Configure it, restart the workers, and retry this job`);
  }
}

/** @throws UnknownConnectionError */
export const connectionOf = (context: Context, name: ConnectionName): Connection => {
  const connection = context.connections.get(name);
  if (!connection) throw new UnknownConnectionError(name);
  return connection;
};
