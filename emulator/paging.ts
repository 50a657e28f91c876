import { z } from "zod";
import { invalidInput } from "./errors.ts";

/** How many items a page has when nothing is asked for, and at most. */
export type PageSize = { usual: number; most: number };

/** A filter as the client sent it; what it may ask for depends on the operation. */
export const Filter = z.record(z.string(), z.unknown(), "must be an object");
export type Filter = z.infer<typeof Filter>;

export const limitOf = ({ most }: PageSize) =>
  z.int().min(0, "must be 0 or more").max(most, `must be ${most} or less`).nullish();

/** Stream's newer style: `limit`, and `next` as an earlier answer gave it. */
export const cursorRequest = (size: PageSize) => ({
  limit: limitOf(size),
  next: z.string().nullish(),
});

/** Stream's older style: `limit` and `offset`. */
export const offsetRequest = (size: PageSize) => ({
  limit: limitOf(size),
  offset: z.int().min(0, "must be 0 or more").max(1_000, "must be 1000 or less").nullish(),
});

type CursorRequest = { limit?: number | null | undefined; next?: string | null | undefined };
type OffsetRequest = { limit?: number | null | undefined; offset?: number | null | undefined };

/** A page of items that are in the order of their keys; deletions between two pages skip nothing. */
export const pageAfter = <Item extends { key: string }>(
  items: readonly Item[],
  { limit, next }: CursorRequest,
  { usual }: PageSize,
): { page: Item[]; next?: string } => {
  const after = next ? decode(next) : "";
  const rest = items.filter(({ key }) => key > after);
  const page = rest.slice(0, limit || usual);
  const last = page.at(-1);
  return { page, ...(last && page.length < rest.length && { next: encode(last.key) }) };
};

export const pageFrom = <Item>(
  items: readonly Item[],
  { limit, offset }: OffsetRequest,
  { usual }: PageSize,
): Item[] => items.slice(offset ?? 0, (offset ?? 0) + (limit || usual));

const encode = (key: string): string => Buffer.from(`after ${key}`).toString("base64url");

const decode = (cursor: string): string => {
  const [, key] = /^after (.+)$/s.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (key === undefined) throw invalidInput("next is not a valid cursor");
  return key;
};
