import type { Guards } from "../config/connection-fields.ts";
import type { ConnectionName, RequestId } from "../identifiers.ts";
import type { DeletePayload } from "../queues/payloads.ts";
import type { Clearance } from "../requests/clearance.ts";
import { BRAKE, SEVERAL_MATCHES } from "../requests/record.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { type Context, connectionOf } from "./context.ts";
import type { Verdict } from "./verdict.ts";

/** A human's decision wakes the job; this is how soon it looks by itself. */
const PAUSE_MS = 5 * 60_000;

/** @returns why not one of these users may be deleted, in counts; undefined when they may. */
export const refusalOf = (
  users: readonly UserProgress[],
  { protectedUsers, mostUsers }: Guards,
): Extract<Verdict, { kind: "rejected" }> | undefined => {
  const isProtected = known.get(protectedUsers) ?? matcherOf(protectedUsers);
  known.set(protectedUsers, isProtected);
  const count = users.filter(({ userId }) => isProtected(userId)).length;
  if (count > 0) {
    const message = `${count} of the ${users.length} users of this request are protected, so nobody was deleted. Correct the request, or protectedUsers and retry the job`;
    return { kind: "rejected", reason: "protected_user", message };
  }
  if (users.length > mostUsers) {
    const message = `The identifier leads to ${users.length} users and mostUsers is ${mostUsers}, so nobody was deleted. Correct the request, or raise mostUsers and retry the job`;
    return { kind: "rejected", reason: "too_many_users", message };
  }
  return undefined;
};

/** A connection's matcher, made once. */
const known = new WeakMap<readonly string[], (id: string) => boolean>();

/** @param patterns ids in which `*` stands for anything. Stream's ids are case-sensitive, and so is this. */
const matcherOf = (patterns: readonly string[]): ((id: string) => boolean) => {
  const alternatives = patterns.map((pattern) =>
    pattern
      .split(/\*+/)
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join(".*"),
  );
  const matcher = new RegExp(`^(?:${alternatives.join("|")})$`, "s");
  return (id) => matcher.test(id);
};

/** @returns what a deletion waits for before its irreversible call: a human, a clock, a brake; undefined for nothing. */
export const holdUp = async (
  { requestId, connection }: DeletePayload,
  users: UserProgress[],
  clearance: Clearance,
  context: Context,
): Promise<Verdict | undefined> => {
  const { guards } = connectionOf(context, connection).config;
  const { journal, now } = context;
  if (clearance.kind === "none" && users.length > 1 && guards.onSeveralMatches === "review") {
    const held = await journal.reviewing(requestId, users, severalMatches(users.length));
    return { kind: "later", at: held ? later(context) : now() };
  }
  if (clearance.kind === "waiting" && now() < clearance.until) {
    return { kind: "later", at: clearance.until };
  }
  if ((clearance.kind === "none" || clearance.kind === "approved") && guards.graceSeconds > 0) {
    const until = now() + guards.graceSeconds * 1000;
    const waits = await journal.waiting(requestId, users, until);
    return { kind: "later", at: waits ? until : now() };
  }
  return brakeOn(
    requestId,
    connection,
    users.filter(({ state }) => state === "found").length,
    context,
  );
};

const brakeOn = async (
  requestId: RequestId,
  connection: ConnectionName,
  users: number,
  context: Context,
): Promise<Verdict | undefined> => {
  const { mostDeletionsPerHour: most } = connectionOf(context, connection).config.guards;
  if (most === null || users === 0) return undefined;
  if (await context.brake.admits(connection, { requestId, users }, most)) return undefined;
  const message = `There were more than ${most} deletions in an hour, so those of connection ${connection} are held. Find out why, cancel what is wrong, and say release ${connection}`;
  return { kind: "later", at: later(context), hold: { reason: BRAKE, message } };
};

const later = ({ now, random }: Context): number =>
  now() + Math.round(PAUSE_MS * (1 + 0.2 * random()));

const severalMatches = (count: number) => ({
  reason: SEVERAL_MATCHES,
  message: `The identifier leads to ${count} users. Say approve to delete all of them, or refuse to delete none`,
});
