import type { Connection } from "../connections.ts";
import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { Dossier } from "../requests/record.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import type { StreamApp } from "../stream/app.ts";
import { worksBeforeDeletion } from "./before-deletion.ts";
import { type Context, connectionOf } from "./context.ts";
import { lookAt } from "./look.ts";
import { isUndone } from "./outcome.ts";
import { type StepWork, undoneSteps } from "./steps.ts";
import { boardUsers, submitUsers } from "./submit.ts";
import { suspectsAmong } from "./suspects.ts";
import type { Submission, Verdict } from "./verdict.ts";
import { verify } from "./verify.ts";

/**
 * Looks at one Stream task on behalf of all requests that it serves, and when it has ended reads Stream again.
 * When all of them are settled and some failed, somebody retried this job: their users are submitted again.
 */
export const processTaskStatus = async (
  payload: TaskStatusPayload,
  dossiers: readonly Dossier[],
  context: Context,
): Promise<Verdict> => {
  const connection = connectionOf(context, payload.connection);
  const { stream, config } = connection;
  const { taskId } = payload;
  const onTask = (state: UserProgress["state"]) => (user: UserProgress) =>
    user.state === state && "taskId" in user && user.taskId === taskId;
  const having = (state: UserProgress["state"]) =>
    dossiers.filter((dossier) => dossier.personal?.users?.some(onTask(state)));

  if (having("submitted").length > 0) {
    const verdict = await lookAt(payload, stream, context);
    return verdict.kind === "ended" ? { ...verdict, verify: config.verification.enabled } : verdict;
  }
  const suspects = suspectsAmong(dossiers, onTask("verifying"));
  if (suspects.length > 0) return verify(payload, suspects, connection, context);
  const undone = dossiers.filter(({ personal }) =>
    personal?.users?.some((user) => isUndone(user) && user.taskId === taskId),
  );
  if (undone.length > 0) return submitAgain(undone, connection, context);
  // Nobody is left to this task, so there is nobody whom this verdict could concern.
  return { kind: "pending", purpose: "deletion", submissions: [] };
};

/** Steps take time of their own: requests that have any to do, or devices to delete, are left to their own jobs. */
const submitAgain = async (
  dossiers: readonly Dossier[],
  { stream, config }: Connection,
  context: Context,
): Promise<Verdict> => {
  const works = worksBeforeDeletion(config, stream);
  const ready = await Promise.all(
    dossiers.filter((dossier) => !hasSteps(dossier, works)).map((one) => board(one, stream)),
  );
  const attempts = await Promise.all(
    ready
      .filter(({ devices }) => devices.size === 0)
      .map(async ({ requestId, users }) => {
        return { requestId, ...(await submitUsers(stream, users, isUndone)) };
      }),
  );
  const failure = attempts.find((attempt) => attempt.failure)?.failure;
  const submissions: Submission[] = attempts.map(({ requestId, users }) => ({ requestId, users }));
  const resume = dossiers
    .map(({ record }) => record.requestId)
    .filter((id) => !submissions.some(({ requestId }) => requestId === id));
  if (!failure) return { kind: "pending", purpose: "deletion", submissions, resume };
  for (const { requestId, users } of submissions)
    await context.journal.submitting(requestId, users);
  throw failure;
};

const board = async ({ record, personal }: Dossier, stream: StreamApp) => {
  const boarded = await boardUsers(stream, personal?.users ?? [], isUndone);
  if (boarded.failure) throw boarded.failure;
  return { requestId: record.requestId, ...boarded };
};

const hasSteps = ({ personal }: Dossier, works: readonly StepWork[]): boolean => {
  const users = (personal?.users ?? []).filter(isUndone).map(({ userId }) => userId);
  return undoneSteps(works, users, personal?.steps ?? []).length > 0;
};
