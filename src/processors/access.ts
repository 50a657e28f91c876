import type { AccessPayload, Subject } from "../queues/payloads.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { collect } from "./collect.ts";
import { type Context, connectionOf, type Known } from "./context.ts";
import { takeFeeds } from "./feeds-export.ts";
import { openTasks } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Exports the subject into the result store: Feeds by a task that the job itself waits for, then the user and every data set. A user too large for ExportUser is exported by a task of Stream's:
 * the request is then finished by the job that follows it.
 */
export const processAccess = async (
  payload: AccessPayload,
  known: Known,
  context: Context,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const { stream } = connectionOf(context, payload.connection);
  const users = known.users ?? (await resolve(payload.subject, stream));
  const { requestId } = payload;
  if (openTasks(users).length > 0) return pending(payload, users);
  await context.journal.collecting(requestId, users);
  const { steps, verdict } = await takeFeeds(payload, users, known.steps, context);
  if (verdict) return verdict;
  await using collected = await collect({ payload, users, steps }, context, signal);
  const large = new Set(
    collected.users.flatMap(({ status, userId }) => (status === "too_large" ? [userId] : [])),
  );
  // `return await`: the draft must not be disposed of before it is in place.
  if (large.size === 0) return await collected.finish();
  const submitted = await submitExports(stream, users, (user) => large.has(user.userId));
  return submitted ? pending(payload, submitted) : await collected.finish();
};

const pending = ({ requestId }: AccessPayload, users: UserProgress[]): Verdict => ({
  kind: "pending",
  purpose: "export",
  submissions: [{ requestId, users }],
});

const resolve = async (subject: Subject, stream: StreamApp): Promise<UserProgress[]> => {
  const ids = "userId" in subject ? [subject.userId] : await stream.findByEmail(subject.email);
  return ids.map((userId) => ({ userId, seen: !("userId" in subject), state: "found" }));
};

/** Has Stream export users by tasks. @returns undefined when it refuses those as well. */
export const submitExports = async (
  stream: StreamApp,
  users: readonly UserProgress[],
  needs: (user: UserProgress) => boolean,
): Promise<UserProgress[] | undefined> => {
  try {
    return await Promise.all(
      users.map(async (user) => {
        if (!needs(user)) return user;
        const { userId, seen } = user;
        return { userId, seen, state: "submitted", taskId: await stream.exportUsers([userId]) };
      }),
    );
  } catch (error) {
    if (error instanceof StreamError && error.code === "invalid_input") return undefined;
    throw error;
  }
};
