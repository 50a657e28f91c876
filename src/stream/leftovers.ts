import { z } from "zod";
import { StreamError } from "./errors.ts";

/** What a user export still shows of a user, in counts. */
export const Left = z.strictObject({
  profile: z.boolean(),
  messages: z.int().nonnegative(),
  reactions: z.int().nonnegative(),
});
export type Left = z.infer<typeof Left>;

/** What is left of several users. */
export const LeftCounts = z.strictObject({
  profiles: z.int().nonnegative(),
  messages: z.int().nonnegative(),
  reactions: z.int().nonnegative(),
});
export type LeftCounts = z.infer<typeof LeftCounts>;

const UserLine = z.looseObject({
  user: z
    .looseObject({
      id: z.string(),
      name: z.string().nullish(),
      image: z.string().nullish(),
      custom: z.record(z.string(), z.unknown()).nullish(),
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
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_EXPORT) throw new TooLongError();
  }
  const lines = Buffer.concat(chunks).toString().split("\n");
  return new Map(lines.filter((line) => line.trim() !== "").map(readLine));
};

const readLine = (line: string): [string, Left] => {
  const parsed = UserLine.safeParse(parse(line)).data;
  if (!parsed) throw unreadable("is not the export of a user");
  const { user, messages, reactions } = parsed;
  const left = {
    profile: Boolean(user?.name || user?.image || Object.keys(user?.custom ?? {}).length > 0),
    messages: (messages ?? []).filter(({ type }) => type !== "deleted").length,
    reactions: (reactions ?? []).length,
  };
  return [user?.id ?? "", left];
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
});

/** Whether anything is left. */
export const isLeft = ({ profile, messages, reactions }: Left): boolean =>
  profile || messages > 0 || reactions > 0;
