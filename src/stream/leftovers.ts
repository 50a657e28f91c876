import { z } from "zod";
import { StreamError } from "./errors.ts";

const count = z.int().nonnegative();
/** What records of earlier versions do not have. */
const later = { devices: count.default(0), feeds: count.default(0) };

/** What reading Stream again still shows of a user, in counts: `feeds` are the lines of a Feeds export. */
export const Left = z.strictObject({
  profile: z.boolean(),
  messages: count,
  reactions: count,
  ...later,
});
export type Left = z.infer<typeof Left>;

/** What is left of several users. */
export const LeftCounts = z.strictObject({
  profiles: count,
  messages: count,
  reactions: count,
  ...later,
});
export type LeftCounts = z.infer<typeof LeftCounts>;

export const NOTHING_LEFT: Left = {
  profile: false,
  messages: 0,
  reactions: 0,
  devices: 0,
  feeds: 0,
};

const UserLine = z.looseObject({
  user: z
    .looseObject({
      id: z.string(),
      name: z.string().nullish(),
      image: z.string().nullish(),
      custom: z.record(z.string(), z.unknown()).nullish(),
      devices: z.array(z.unknown()).nullish(),
    })
    .nullish(),
  messages: z.array(z.looseObject({ type: z.string().nullish() })).nullish(),
  reactions: z.array(z.unknown()).nullish(),
});

/** An erased user's export is small; one that is not has something left, and is not read to its end. */
const LONGEST_EXPORT = 64 * 1024 * 1024;

/**
 * Reads exports of users who should be gone: one JSON object, or one a line.
 * A bare id, `deleted_at` and tombstones of messages are no personal data and count for nothing.
 * @returns what is left, by user id. @throws StreamError `invalid_answer` when the body cannot be read, TooLongError.
 */
export const readLeftovers = async (
  body: AsyncIterable<Buffer>,
): Promise<ReadonlyMap<string, Left>> => {
  return new Map((await linesOf(body)).map(readLine));
};

const linesOf = async (body: AsyncIterable<Buffer>): Promise<string[]> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_EXPORT) throw new TooLongError();
  }
  const lines = Buffer.concat(chunks).toString().split("\n");
  return lines.filter((line) => line.trim() !== "");
};

const readLine = (line: string): [string, Left] => {
  const parsed = UserLine.safeParse(parse(line)).data;
  if (!parsed) throw unreadable("is not the export of a user");
  const { user, messages, reactions } = parsed;
  const left = {
    ...NOTHING_LEFT,
    profile: Boolean(user?.name || user?.image || Object.keys(user?.custom ?? {}).length > 0),
    messages: (messages ?? []).filter(({ type }) => type !== "deleted").length,
    reactions: (reactions ?? []).length,
    devices: (user?.devices ?? []).length,
  };
  return [user?.id ?? "", left];
};

const FeedsLine = z.looseObject({ type: z.string().optional() });

/**
 * Reads a Feeds export of a user who should be gone. What a line looks like is not documented: it may be one thing,
 * or an object of lists. Only the user's own profile counts for nothing: the user export says what is left of that.
 * @returns how many things it has. @throws as above.
 */
export const countFeeds = async (body: AsyncIterable<Buffer>): Promise<number> =>
  (await linesOf(body)).reduce((sum, line) => sum + thingsIn(line), 0);

const thingsIn = (line: string): number => {
  const thing = FeedsLine.safeParse(parse(line)).data;
  if (!thing) throw unreadable("has a line that is not an object");
  const { type, user: _, ...rest } = thing;
  const lists = Object.values(rest).filter((value) => Array.isArray(value));
  const listed = lists.reduce((sum, list) => sum + list.length, 0);
  const isProfile =
    type === "user" ||
    (type === undefined && "user" in thing && lists.length === Object.keys(rest).length);
  return isProfile ? listed : Math.max(1, listed);
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const unreadable = (why: string): StreamError =>
  new StreamError("invalid_answer", `The export ${why}`);

/** An export is longer than that of users who are gone can be. */
export class TooLongError extends Error {
  override name = "TooLongError";
}

/** Adds up what is left. */
export const countLeft = (left: readonly Left[]): LeftCounts => ({
  profiles: left.filter(({ profile }) => profile).length,
  messages: left.reduce((total, { messages }) => total + messages, 0),
  reactions: left.reduce((total, { reactions }) => total + reactions, 0),
  devices: left.reduce((total, { devices }) => total + devices, 0),
  feeds: left.reduce((total, { feeds }) => total + feeds, 0),
});

/** Whether anything is left. */
export const isLeft = ({ profile, messages, reactions, devices, feeds }: Left): boolean =>
  profile || messages + reactions + devices + feeds > 0;
