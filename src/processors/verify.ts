import type { Connection } from "../connections.ts";
import type { UserId } from "../identifiers.ts";
import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { isLeft, type Left, NOTHING_LEFT } from "../stream/leftovers.ts";
import type { Context } from "./context.ts";
import { nextLook } from "./look.ts";
import { readBeside } from "./read-beside.ts";
import { chunksOf, readExports, startExport, stateOf } from "./read-exports.ts";
import type { Suspect } from "./suspects.ts";
import type { Verdict } from "./verdict.ts";

type Verification = NonNullable<TaskStatusPayload["verification"]>;

const RETRY_PAUSE_MS = 30_000;

/**
 * Reads Stream again after a deletion task has ended: QueryUsers, deactivated users included, a user export, and
 * where there was any of it, devices and a Feeds export.
 * Once at once and once after a delay, since Stream may take its time; the last round decides.
 * @param suspects in an order that does not change from run to run.
 */
export const verify = async (
  payload: TaskStatusPayload,
  suspects: readonly Suspect[],
  connection: Connection,
  context: Context,
): Promise<Verdict> => {
  const { stream, config } = connection;
  const delayMs = config.verification.delaySeconds * 1000;
  const comeBack = (at: number, verification: Verification): Verdict => ({
    kind: "later",
    at,
    data: { ...payload, verification },
  });
  if (isTooLate(payload, delayMs, context)) {
    return { kind: "verified", taskId: payload.taskId, leftOf: () => "unknown" };
  }
  const { begun, known } = await beginRound(payload, suspects, stream, context);
  const { progress, failure } = await readBeside(known, suspects, connection);
  const verification = { ...known, ...progress };
  // What has been read is kept: a limit that is used up must not begin the round anew.
  if (failure !== undefined) return comeBack(retryTimeOf(failure, context), verification);
  const unfinished = await whatIsUnfinished(verification, begun, stream, context);
  if (unfinished) return comeBack(unfinished.at, unfinished.verification);
  const left = await readAll(stream, suspects, verification);
  if (known.round === 1 && delayMs > 0) {
    return comeBack(context.now() + delayMs, { round: 2, exports: null });
  }
  return { kind: "verified", taskId: payload.taskId, leftOf: (userId) => left.get(userId) };
};

// The task had its own deadline; reading what it did has as long again.
const isTooLate = (
  { submittedAt }: TaskStatusPayload,
  delayMs: number,
  context: Context,
): boolean => context.now() - Date.parse(submittedAt) >= 2 * context.taskDeadlineMs + delayMs;

/** The round as it stands, its exports started if they are not, or if more users have come to the task. */
const beginRound = async (
  { verification }: TaskStatusPayload,
  suspects: readonly Suspect[],
  stream: StreamApp,
  context: Context,
): Promise<{ begun: boolean; known: Verification }> => {
  const isOfThese = verification?.users === suspects.length;
  if (verification?.exports && isOfThese) return { begun: false, known: verification };
  const since = new Date(context.now()).toISOString();
  const chunks = chunksOf(suspects.map(({ userId }) => userId));
  const exports = await Promise.all(chunks.map((chunk) => startExport(stream, chunk)));
  const round = verification?.round ?? 1;
  const { feeds, devices } = isOfThese ? verification : {};
  const users = suspects.length;
  return { begun: true, known: { round, exports, users, since, feeds, devices } };
};

const retryTimeOf = (failure: unknown, { now, random }: Context): number => {
  if (!(failure instanceof StreamError) || failure.code !== "rate_limited") throw failure;
  const at = failure.retryAt ?? now() + RETRY_PAUSE_MS;
  return Math.max(at, now()) + Math.round(500 * random());
};

const whatIsUnfinished = async (
  verification: Verification,
  begun: boolean,
  stream: StreamApp,
  context: Context,
): Promise<{ at: number; verification: Verification } | undefined> => {
  const { exports, feeds = [], since = new Date(context.now()).toISOString() } = verification;
  const tasks = begun
    ? []
    : await Promise.all((exports ?? []).map((task) => task && stateOf(stream, task)));
  if (tasks.includes("lost")) {
    const at = context.now() + RETRY_PAUSE_MS;
    return { at, verification: { ...verification, exports: null } };
  }
  const readsFeeds = feeds.some((found) => typeof found !== "number");
  if (!begun && !readsFeeds && !tasks.includes("running")) return undefined;
  const at = nextLook(Date.parse(since), context.now(), context.random());
  return { at, verification };
};

const readAll = async (
  stream: StreamApp,
  suspects: readonly Suspect[],
  { exports, feeds, devices }: Verification,
): Promise<ReadonlyMap<string, Left>> => {
  const users = suspects.map(({ userId }) => userId);
  const visible = await Promise.all(users.map((user) => stream.isVisible(user)));
  const exported = await readExports(stream, users, exports ?? []);
  const all = users.map((user, n): [UserId, Left] => {
    const found = exported.get(user) ?? NOTHING_LEFT;
    return [
      user,
      {
        ...found,
        profile: found.profile || visible[n] === true,
        devices: Math.max(found.devices, devices?.[n] ?? 0),
        feeds: Number(feeds?.[n] ?? 0),
      },
    ];
  });
  return new Map(all.filter(([, left]) => isLeft(left)));
};
