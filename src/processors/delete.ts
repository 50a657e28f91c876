import type { ConnectionConfig } from "../config/connection-config.ts";
import type { DeletePayload, Subject } from "../queues/payloads.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { type Context, connectionOf, type Known } from "./context.ts";
import { holdUp, isFound, refusalOf } from "./guards.ts";
import { takeInventory } from "./inventory.ts";
import { outcomeOf } from "./outcome.ts";
import { boardUsers, openTasks, submitUsers } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Erases the subject: look-up, guards, submission to Stream, and from then on it is the task that counts.
 * @param known.users as an earlier run left them. Stream hides users as soon as it accepts their deletion, so a
 *   second look-up would find nobody and pass for success.
 * @param known.clearance how far an earlier run or a human has let it go.
 */
export const processDelete = async (
  payload: DeletePayload,
  known: Known,
  context: Context,
): Promise<Verdict> => {
  const { clearance } = known;
  const { stream, config } = connectionOf(context, payload.connection);
  const found = known.users ?? (await resolve(payload.subject, stream));
  const refusal = clearance.kind === "passed" ? undefined : refusalOf(found, config.guards);
  if (refusal) return refusal;
  if (countsFirst(payload, known, config)) {
    const users = found.map(({ userId }) => userId);
    const inventory = await takeInventory(users, { config, stream }, context.now());
    if (!(await context.journal.counted(payload.requestId, inventory))) return again(context);
  }
  if (payload.dryRun) return dryRun(found, stream);
  if (found.length === 0) return { kind: "completed", outcome: "no_match", users: 0 };
  const held = await holdUp(payload, found, clearance, context);
  if (held) return held;

  const users = await submitWaiting(payload, found, stream, context);
  if (!users) return again(context);
  if (openTasks(users).length === 0) return { kind: "completed", ...outcomeOf(users) };
  return config.asynchronousDeletion === "complete-on-submit"
    ? { kind: "completed", outcome: "submitted_only", users: users.length }
    : {
        kind: "pending",
        purpose: "deletion",
        submissions: [{ requestId: payload.requestId, users }],
      };
};

const countsFirst = (
  { dryRun }: DeletePayload,
  { clearance, inventory }: Known,
  config: ConnectionConfig,
): boolean =>
  inventory === null && clearance.kind !== "passed" && (dryRun || config.inventory === "always");

// It was cancelled; the job's next run says so.
const again = ({ now }: Context): Verdict => ({ kind: "later", at: now() });

const submitWaiting = async (
  { requestId }: DeletePayload,
  found: UserProgress[],
  stream: StreamApp,
  { journal }: Context,
): Promise<UserProgress[] | undefined> => {
  if (!found.some(isFound)) return found;
  const boarded = await boardUsers(stream, found, isFound);
  if (boarded.failure) throw boarded.failure;
  if (!(await journal.submitting(requestId, boarded.users))) return undefined;
  const { users, failure } = await submitUsers(stream, boarded.users, isFound);
  if (!failure) return users;
  await journal.submitting(requestId, users);
  throw failure;
};

// A user id is not looked up before its turn: one that Stream does not show is submitted all the same,
// because a soft-deleted user is hidden, not erased.
const resolve = async (subject: Subject, stream: StreamApp): Promise<UserProgress[]> => {
  if ("userId" in subject) return [{ userId: subject.userId, seen: false, state: "found" }];
  const ids = await stream.findByEmail(subject.email);
  return ids.map((userId) => ({ userId, seen: true, state: "found" }));
};

const dryRun = async (found: readonly UserProgress[], stream: StreamApp): Promise<Verdict> => {
  const visible = await Promise.all(
    found.map(({ userId, seen }) => seen || stream.isVisible(userId)),
  );
  return { kind: "completed", outcome: "dry_run", users: visible.filter(Boolean).length };
};
