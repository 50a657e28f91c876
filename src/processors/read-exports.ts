import type { TaskId, UserId } from "../identifiers.ts";
import type { StreamApp } from "../stream/app.ts";
import { StreamError } from "../stream/errors.ts";
import { type Left, NOTHING_LEFT, readLeftovers, TooLongError } from "../stream/leftovers.ts";

/** ExportUsers takes up to 25 users a call. */
const CHUNK = 25;

/** Too large to be exported is anything but gone. */
export const TOO_LARGE = 10_000;

export const chunksOf = (users: readonly UserId[]): UserId[][] =>
  Array.from({ length: Math.ceil(users.length / CHUNK) }, (_, n) =>
    users.slice(n * CHUNK, (n + 1) * CHUNK),
  );

/** @returns null when Stream refuses a task for users who are gone: they are then read one by one. */
export const startExport = async (stream: StreamApp, users: UserId[]): Promise<TaskId | null> => {
  try {
    return await stream.exportUsers(users);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
};

/** How an export task stands; one that is `lost` will never have a file. */
export const stateOf = async (
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

const isRefusal = (error: unknown): boolean =>
  error instanceof StreamError && (error.code === "not_found" || error.code === "invalid_input");

/** Reads the files of the exports of users who should be gone. @returns what is said of each that is still known. */
export const readExports = async (
  stream: StreamApp,
  users: readonly UserId[],
  exports: readonly (TaskId | null)[],
): Promise<ReadonlyMap<string, Left>> => {
  const left = new Map<string, Left>();
  for (const [n, chunk] of chunksOf(users).entries()) {
    const task = exports[n];
    const read = (task && (await readFile(stream, task, chunk))) ?? (await readEach(stream, chunk));
    for (const [user, found] of read) left.set(user, found);
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

const readOne = async (stream: StreamApp, user: UserId): Promise<[string, Left][]> => {
  try {
    const left = await readLeftovers(await stream.exportUser(user));
    return [...left.values()].map((found) => [user, found]);
  } catch (error) {
    const code = error instanceof StreamError ? error.code : undefined;
    if (code === "not_found") return [];
    if (code === "invalid_input" || error instanceof TooLongError) {
      return [[user, { ...NOTHING_LEFT, messages: TOO_LARGE }]];
    }
    throw error;
  }
};
