import type { UserId } from "../identifiers.ts";
import type { DeletePayload } from "../queues/payloads.ts";
import { isBegun, type Step, withNews } from "../requests/step.ts";
import type { UserProgress } from "../requests/user-progress.ts";
import { worksBeforeDeletion } from "./before-deletion.ts";
import { type Context, connectionOf, type Known } from "./context.ts";
import { isUndone } from "./outcome.ts";
import { advanceSteps, undoneSteps, verdictOnSteps } from "./steps.ts";
import { boardUsers, submitUsers } from "./submit.ts";
import type { Verdict } from "./verdict.ts";

type Request = Pick<DeletePayload, "requestId" | "connection">;
type Found = { users: UserProgress[]; steps: Known["steps"] };

/** Whether a user has yet to be submitted, for the first time or again. */
const needsDeletion = (user: UserProgress): boolean => user.state === "found" || isUndone(user);

/**
 * Has Stream delete those users of a request that need it, after the steps that must come before.
 * @param found the users and steps as an earlier run left them; the guards have let them pass.
 * @returns the users once Stream has accepted their deletion, or what the request waits for or fails with.
 */
export const eraseUsers = async (
  request: Request,
  found: Found,
  context: Context,
): Promise<{ users: UserProgress[] } | { verdict: Verdict }> => {
  if (!found.users.some(needsDeletion)) return { users: found.users };
  const { stream } = connectionOf(context, request.connection);
  const { journal } = context;
  const taken = await takeSteps(request, found, context);
  if (taken.verdict) return { verdict: taken.verdict };

  const boarded = await boardUsers(stream, found.users, needsDeletion);
  if (boarded.failure) throw boarded.failure;
  if (!(await journal.submitting(request.requestId, boarded.users))) return cancelled(context);
  const owners = ownersAmong(taken.steps, boarded.devices);
  if (owners.length > 0) {
    return { verdict: await awaitDevices(request, owners, taken.steps, context) };
  }
  const { users, failure } = await submitUsers(stream, boarded.users, needsDeletion);
  if (!failure) return { users };
  await journal.submitting(request.requestId, users);
  throw failure;
};

const takeSteps = async (
  { requestId, connection }: Request,
  { users, steps }: Found,
  context: Context,
): Promise<{ verdict?: Verdict | undefined; steps: Step[] }> => {
  const { stream, config } = connectionOf(context, connection);
  const { journal } = context;
  const works = worksBeforeDeletion(config, stream);
  const ids = users.filter(needsDeletion).map(({ userId }) => userId);
  const undone = undoneSteps(works, ids, steps);
  if (undone.length === 0) return { steps };
  // One that runs is only looked at; to begin one is as irreversible as the deletion itself.
  if (!undone.every(isBegun) && !(await journal.submitting(requestId, users)))
    return { ...cancelled(context), steps };
  const advance = await advanceSteps(works, ids, steps, stream, context);
  const known = withNews(steps, advance.steps);
  if (advance.steps.some((step) => !steps.includes(step))) await journal.stepping(requestId, known);
  return { verdict: verdictOnSteps(advance), steps: known };
};

// Devices are deleted once. Should Stream still show them, the reading after the deletion has the last word.
const ownersAmong = (
  steps: readonly Step[],
  devices: ReadonlyMap<UserId, number>,
): (readonly [UserId, number])[] =>
  [...devices].filter(
    ([owner]) =>
      !steps.some(
        ({ userId, name, state }) => userId === owner && name === "devices" && state === "done",
      ),
  );

/** Users who have devices lose them first, when their turn comes: Stream lets few go in a minute. */
const awaitDevices = async (
  { requestId, connection }: Request,
  owners: readonly (readonly [UserId, number])[],
  known: readonly Step[],
  context: Context,
): Promise<Verdict> => {
  const since = new Date(context.now()).toISOString();
  const news = owners.map(([userId]): Step => {
    return { userId, name: "devices", state: "running", tasks: [], count: 0, since, more: true };
  });
  await context.journal.stepping(requestId, withNews(known, news));
  const count = owners.reduce((sum, [, devices]) => sum + devices, 0);
  const wait = await context.waitForDevices(connection, requestId, count);
  return { kind: "later", at: context.now() + wait };
};

// The job's next run says so.
const cancelled = ({ now }: Context): { verdict: Verdict } => ({
  verdict: { kind: "later", at: now() },
});
