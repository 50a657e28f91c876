import type { AccessPayload, TaskStatusPayload } from "../queues/payloads.ts";
import type { Dossier } from "../requests/record.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { StreamError } from "../stream/errors.ts";
import { submitExports } from "./access.ts";
import { collect } from "./collect.ts";
import { type Context, connectionOf } from "./context.ts";
import { takeFeeds } from "./feeds-export.ts";
import { lookAt } from "./look.ts";
import { openTasks } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Looks at the Stream task that exports a large user, and finishes the access request with the last of its tasks.
 * When the task has failed its request and this job is retried, or Stream has thrown the file away since,
 * the user is submitted again.
 */
export const processExportStatus = async (
  payload: TaskStatusPayload,
  dossier: Dossier,
  context: Context,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const { stream } = connectionOf(context, payload.connection);
  const { taskId } = payload;
  const known = dossier.personal?.users ?? [];
  const onTask = (state: UserProgress["state"]) => (user: UserProgress) =>
    user.state === state && "taskId" in user && user.taskId === taskId;

  if (known.some(onTask("failed"))) {
    const users = await submitExports(stream, known, onTask("failed"));
    if (users) return pending(dossier, users);
  }
  if (known.some(onTask("submitted"))) {
    const verdict = await lookAt(payload, stream, context);
    if (verdict.kind !== "ended" || verdict.how !== "completed") return verdict;
  }
  const users = known.map((user): UserProgress => {
    if (!onTask("submitted")(user)) return user;
    return { userId: user.userId, seen: user.seen, state: "ready", taskId };
  });
  if (openTasks(users).length > 0 || users.some(({ state }) => state === "failed")) {
    return pending(dossier, users);
  }
  const { requestId } = dossier.record;
  const request = dossier.personal?.payload as AccessPayload;
  // Before the users are noted as ready: until then it is this job that the reconciler looks for.
  const { steps, verdict } = await takeFeeds(
    request,
    users,
    dossier.personal?.steps ?? [],
    context,
  );
  if (verdict) return verdict;
  await context.journal.collecting(requestId, users);
  try {
    await using collected = await collect({ payload: request, users, steps }, context, signal);
    return await collected.finish();
  } catch (error) {
    const gone = error instanceof StreamError && error.code === "not_found";
    const again = gone && (await submitExports(stream, users, ({ state }) => state === "ready"));
    if (again) return pending(dossier, again);
    throw error;
  }
};

const pending = ({ record }: Dossier, users: UserProgress[]): Verdict => ({
  kind: "pending",
  purpose: "export",
  submissions: [{ requestId: record.requestId, users }],
});
