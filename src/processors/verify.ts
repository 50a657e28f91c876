import type { TaskId, UserId } from "../identifiers.ts";
import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { isLeft, type Left, readLeftovers, TooLongError } from "../stream/leftovers.ts";
import type { Context } from "./context.ts";
import { nextLook } from "./look.ts";
import type { Verdict } from "./verdict.ts";

/** ExportUsers takes up to 25 users a call. */
const CHUNK = 25;
const RETRY_PAUSE_MS = 30_000;

/**
 * Reads Stream again after a deletion task has ended: QueryUsers, deactivated users included, and a user export.
 * Once at once and once after a delay, since Stream may take its time; the last round decides.
 * @param users those the task has erased, in an order that does not change from run to run.
 */
export const verify = async (
  payload: TaskStatusPayload,
  users: readonly UserId[],
  stream: StreamApp,
  delayMs: number,
  context: Context,
): Promise<Verdict> => {
  const { round, exports } = payload.verification ?? { round: 1, exports: null };
  const comeBack = (at: number, verification: TaskStatusPayload["verification"]): Verdict => ({
    kind: "later",
    at,
    data: { ...payload, verification },
  });
  if (isTooLate(payload, delayMs, context)) {
    return { kind: "verified", taskId: payload.taskId, leftOf: () => "unknown" };
  }
  if (!exports || payload.verification?.users !== users.length) {
    const since = context.now();
    const started = await Promise.all(chunksOf(users).map((chunk) => startExport(stream, chunk)));
    const at = nextLook(since, since, context.random());
    return comeBack(at, {
      round,
      exports: started,
      users: users.length,
      since: new Date(since).toISOString(),
    });
  }
  const tasks = await Promise.all(exports.map((task) => task && stateOf(stream, task)));
  if (tasks.includes("lost"))
    return comeBack(context.now() + RETRY_PAUSE_MS, { round, exports: null });
  if (tasks.includes("running")) {
    const since = Date.parse(payload.verification?.since ?? payload.submittedAt);
    return comeBack(nextLook(since, context.now(), context.random()), payload.verification);
  }
  const left = await readAll(stream, users, exports);
  if (round === 1 && delayMs > 0) {
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

const chunksOf = (users: readonly UserId[]): UserId[][] =>
  Array.from({ length: Math.ceil(users.length / CHUNK) }, (_, n) =>
    users.slice(n * CHUNK, (n + 1) * CHUNK),
  );

// Stream may refuse a task for users who are gone; they are then read one by one.
const startExport = async (stream: StreamApp, users: UserId[]): Promise<TaskId | null> => {
  try {
    return await stream.exportUsers(users);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
};

const isRefusal = (error: unknown): boolean =>
  error instanceof StreamError && (error.code === "not_found" || error.code === "invalid_input");

const stateOf = async (
  stream: StreamApp,
  task: TaskId,
): Promise<"completed" | "running" | "lost"> => {
  try {
    const { state } = await stream.getTask(task);
    return state === "failed" ? "lost" : state;
  } catch (error) {
    if (isRefusal(error)) return "lost";
    throw error;
  }
};

const readAll = async (
  stream: StreamApp,
  users: readonly UserId[],
  exports: readonly (TaskId | null)[],
): Promise<ReadonlyMap<string, Left>> => {
  const left = new Map<string, Left>();
  const visible = await Promise.all(users.map((user) => stream.isVisible(user)));
  const note = (user: string, found: Left) => {
    if (isLeft(found)) left.set(user, found);
  };
  for (const [n, chunk] of chunksOf(users).entries()) {
    const task = exports[n];
    const read = (task && (await readFile(stream, task, chunk))) ?? (await readEach(stream, chunk));
    for (const [user, found] of read) note(user, found);
  }
  for (const [n, user] of users.entries()) {
    if (visible[n]) note(user, { ...NOTHING, ...left.get(user), profile: true });
  }
  return left;
};

// What the file says of nobody in particular is said of somebody: then each is read alone.
const readFile = async (stream: StreamApp, task: TaskId, users: readonly UserId[]) => {
  try {
    const read = await readLeftovers(stream.downloadExport(task));
    return [...read.keys()].every((id) => users.some((user) => user === id)) ? read : undefined;
  } catch (error) {
    if (error instanceof TooLongError) return undefined;
    throw error;
  }
};

const readEach = async (stream: StreamApp, users: readonly UserId[]) =>
  new Map((await Promise.all(users.map((user) => readOne(stream, user)))).flat());

const NOTHING: Left = { profile: false, messages: 0, reactions: 0 };

const readOne = async (stream: StreamApp, user: UserId): Promise<[string, Left][]> => {
  try {
    const left = await readLeftovers(await stream.exportUser(user));
    return [...left.values()].map((found) => [user, found]);
  } catch (error) {
    const code = error instanceof StreamError ? error.code : undefined;
    if (code === "not_found") return [];
    // Too large to be exported is anything but gone.
    if (code === "invalid_input" || error instanceof TooLongError) {
      return [[user, { ...NOTHING, messages: 10_000 }]];
    }
    throw error;
  }
};
