import { z } from "zod";
import { callOf } from "./data-sets.ts";
import { StreamError } from "./errors.ts";
import type { CallName } from "./products-client.ts";

const WithMembers = z.looseObject({ members: z.array(z.unknown()) });

/** Those items of data set `calls` that DeleteUsers leaves: it takes calls of exactly two. @throws StreamError `invalid_answer`. */
export const groupCallsIn = (items: readonly unknown[]): CallName[] =>
  items
    .filter((item) => parsed(WithMembers, item).members.length !== 2)
    .map((item) => callOf(item));

const Membership = z.looseObject({
  channel: z.looseObject({ id: z.string(), cid: z.string(), member_count: z.int() }),
});

/** How many items of data set `memberships` are one-to-one channels as DeleteUsers takes them: of exactly two. @throws as above. */
export const countConversations = (items: readonly unknown[]): number =>
  items.filter((item) => parsed(Membership, item).channel.member_count === 2).length;

/**
 * Those items of data set `memberships` that were made for their members, as one-to-one conversations are (Stream
 * makes up such ids: `!members-…`), and have one member left. @returns their cids. @throws as above.
 */
export const abandonedIn = (items: readonly unknown[]): string[] =>
  items
    .map((item) => parsed(Membership, item).channel)
    .filter(({ id, member_count }) => id.startsWith("!members-") && member_count === 1)
    .map(({ cid }) => cid);

const parsed = <Schema extends z.ZodType>(schema: Schema, item: unknown): z.output<Schema> => {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  throw new StreamError("invalid_answer", "A list of Stream's has an item of an unexpected shape");
};
