import type { DeletePayload, Subject } from "../queues/payloads.ts";
import type { UserProgress } from "../requests/record.ts";
import type { StreamApp } from "../stream/app.ts";
import { type Context, connectionOf } from "./context.ts";
import { outcomeOf } from "./outcome.ts";
import { openTasks, submitUsers } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Erases the subject: look-up, submission to Stream, and from then on it is the task that counts.
 * @param known the users as an earlier run left them. Stream hides users as soon as it accepts their
 *   deletion, so a second look-up would find nobody and pass for success.
 */
export const processDelete = async (
  payload: DeletePayload,
  known: UserProgress[] | null,
  context: Context,
): Promise<Verdict> => {
  const { stream, config } = connectionOf(context, payload.connection);
  const found = known ?? (await resolve(payload.subject, stream));
  if (payload.dryRun) {
    const users = found.filter((user) => user.seen).length;
    return { kind: "completed", outcome: "dry_run", users };
  }
  if (found.length === 0) return { kind: "completed", outcome: "no_match", users: 0 };
  if (!known) await context.journal.submitting(payload.requestId, found);

  const { users, failure } = await submitUsers(stream, found, (user) => user.state === "found");
  if (failure) {
    await context.journal.submitting(payload.requestId, users);
    throw failure;
  }
  if (openTasks(users).length === 0) return { kind: "completed", ...outcomeOf(users) };
  return config.asynchronousDeletion === "complete-on-submit"
    ? { kind: "completed", outcome: "submitted_only", users: users.length }
    : { kind: "pending", submissions: [{ requestId: payload.requestId, users }] };
};

// A user id that QueryUsers does not show is submitted all the same: a soft-deleted user is hidden, not erased.
const resolve = async (subject: Subject, stream: StreamApp): Promise<UserProgress[]> => {
  if ("userId" in subject) {
    const { userId } = subject;
    return [{ userId, seen: await stream.isVisible(userId), state: "found" }];
  }
  const ids = await stream.findByEmail(subject.email);
  return ids.map((userId) => ({ userId, seen: true, state: "found" }));
};
