import type { DeletePayload, Subject } from "../queues/payloads.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { type Context, connectionOf, type Known } from "./context.ts";
import { countFirst } from "./count-first.ts";
import { eraseUsers } from "./erase.ts";
import { holdUp, refusalOf } from "./guards.ts";
import { outcomeOf } from "./outcome.ts";
import { followedTasks } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Erases the subject: look-up, guards, steps and submission to Stream, and from then on it is the task that counts.
 * @param known.users as an earlier run left them. Stream hides users as soon as it accepts their deletion, so a
 *   second look-up would find nobody and pass for success.
 * @param known.steps as an earlier run left them: none that is done is repeated.
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
  const counting = await countFirst(payload, found, known, context);
  if (counting) return counting;
  if (payload.dryRun) return dryRun(found, stream);
  if (found.length === 0) return { kind: "completed", outcome: "no_match", users: 0 };
  const held = await holdUp(payload, found, clearance, context);
  if (held) return held;

  const erasure = await eraseUsers(payload, { users: found, steps: known.steps }, context);
  if ("verdict" in erasure) return erasure.verdict;
  const { users } = erasure;
  if (followedTasks(users).length === 0) return { kind: "completed", ...outcomeOf(users) };
  return config.asynchronousDeletion === "complete-on-submit"
    ? { kind: "completed", outcome: "submitted_only", users: users.length }
    : {
        kind: "pending",
        purpose: "deletion",
        submissions: [{ requestId: payload.requestId, users }],
      };
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
