import type { Connection } from "../connections.ts";
import type { TaskId, UserId } from "../identifiers.ts";
import type { TaskStatusPayload } from "../queues/payloads.ts";
import type { StreamApp } from "../stream/app.ts";
import { countFeeds, TooLongError } from "../stream/leftovers.ts";
import { orIfGone } from "./absent.ts";
import { stateOf, TOO_LARGE } from "./read-exports.ts";

/** What has been found of each user so far: a number once it is read, a task while Stream exports, null before. */
export type Beside = Pick<NonNullable<TaskStatusPayload["verification"]>, "feeds" | "devices">;

type Found = number | TaskId | null;

/**
 * Reads what a user export lacks: Feeds, where the connection has it, and the devices of users who had any.
 * Stream takes one user a call and few calls a minute.
 * @param known as an earlier run left it. @returns it as far as it goes now, and what kept it from going further.
 */
export const readBeside = async (
  known: Beside,
  suspects: readonly { userId: UserId; hadDevices: boolean }[],
  { stream, config }: Connection,
): Promise<{ progress: Beside; failure?: unknown }> => {
  const [feeds, devices] = [known.feeds?.slice() ?? [], known.devices?.slice() ?? []];
  const progress: Beside = {
    ...(config.products.includes("feeds") && { feeds }),
    ...(suspects.some(({ hadDevices }) => hadDevices) && { devices }),
  };
  try {
    for (const [n, { userId, hadDevices }] of suspects.entries()) {
      if (progress.devices) devices[n] ??= hadDevices ? await countDevices(stream, userId) : 0;
      if (progress.feeds) feeds[n] = await advanceFeeds(stream, userId, feeds[n] ?? null);
    }
    return { progress };
  } catch (failure) {
    return { progress, failure };
  }
};

const countDevices = async (stream: StreamApp, user: UserId): Promise<number> => {
  const devices = await orIfGone(stream.listDevices(user), []);
  return devices.length;
};

const advanceFeeds = async (stream: StreamApp, user: UserId, found: Found): Promise<Found> => {
  if (found === null) return orIfGone(stream.exportFeeds(user), 0);
  if (typeof found === "number") return found;
  const state = await stateOf(stream, found);
  if (state === "completed") return countIn(stream, found);
  return state === "running" ? found : null;
};

// A task that names no file has found nothing to write into one.
const countIn = async (stream: StreamApp, task: TaskId): Promise<number> => {
  const answer = await stream.getTask(task);
  if (answer.state === "completed" && answer.url === undefined) return 0;
  try {
    return await countFeeds(stream.downloadExport(task));
  } catch (error) {
    if (error instanceof TooLongError) return TOO_LARGE;
    throw error;
  }
};
