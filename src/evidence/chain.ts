import { randomInt, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { ReceiptClaims, ReceiptFacts } from "./claims.ts";
import type { SigningKey } from "./keys.ts";
import { hashOf, receiptName } from "./receipt-name.ts";
import { APPEND_SCRIPT, BEGIN_SCRIPT } from "./scripts.ts";

/** Where a chain ends: sequence and hash of its last receipt. */
export type Head = { sequence: number; hash: string };

export type ChainOptions = {
  prefix: string;
  key: SigningKey;
  now: () => number;
  /** Of stream-dsr. */
  version: string;
  /** How long it is remembered that a receipt was issued. */
  ttlSeconds: number;
  /** The end of the chain as the files tell it, when they go on after the given end. */
  laterHead(than: Head | undefined): Promise<Head | undefined>;
};

const TURN_MS = 1000;
// With a few ms between two attempts, about half a minute.
const MAX_ATTEMPTS = 5000;

const Begun = z.union([
  z.tuple([]),
  z.tuple([z.coerce.number(), z.string()], z.string().nullable()),
  z.tuple([z.null(), z.null()], z.string().nullable()),
]);

type Turn = { token: string; stored: Head | undefined; files: readonly (string | null)[] };
type Link = { identity: string; file: string; jws: string; head: Head };

/**
 * The one chain of receipts of all workers on the same Redis.
 * @returns a function that appends facts in the given order and answers with the file name of each. Facts whose
 *   receipt was issued before get that one's name. What is appended waits in `unwritten` for its file.
 */
export const openChain = (redis: Redis, options: ChainOptions) => {
  const keys = keysUnder(options.prefix);
  const headOf = doubting(redis, options.laterHead);
  return async (facts: readonly ReceiptFacts[]): Promise<string[]> => {
    const identities = [...new Set(facts.map(identityOf))];
    const token = randomUUID();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const turn = await begin(redis, keys, token, identities);
      if (!turn) {
        await setTimeout(randomInt(2, 12));
        continue;
      }
      const issued = new Map(identities.map((identity, n) => [identity, turn.files[n] ?? null]));
      const fresh = facts.filter((each) => issued.get(identityOf(each)) === null);
      const links = await linkAll(fresh, await headOf(turn.stored), options);
      if (!(await append(redis, keys, turn, links, options))) continue;
      for (const { identity, file } of links) issued.set(identity, file);
      return facts.flatMap((each) => issued.get(identityOf(each)) ?? []);
    }
    throw new Error(`The chain of receipts was busy for ${MAX_ATTEMPTS} attempts`);
  };
};

export const keysUnder = (prefix: string) => ({
  head: `${prefix}:receipts:head`,
  turn: `${prefix}:receipts:turn`,
  unwritten: `${prefix}:receipts:unwritten`,
  publicKeys: `${prefix}:receipts:keys`,
  issued: (identity: string) => `${prefix}:receipts:issued:${identity}`,
});
type Keys = ReturnType<typeof keysUnder>;

// A request that failed, was retried and ended again has two ends, and a receipt for each.
const identityOf = ({ requestId, history }: ReceiptFacts): string =>
  `${requestId}@${history.at(-1)?.at}`;

// A Redis that was emptied, or lost its last second in a crash, must not fork the chain that the files tell.
const doubting = (redis: Redis, laterHead: ChainOptions["laterHead"]) => {
  let losses = 0;
  let compared = -1;
  redis.on("close", () => {
    losses += 1;
  });
  return async (stored: Head | undefined): Promise<Head | undefined> => {
    const now = losses;
    if (stored && compared === now) return stored;
    const later = await laterHead(stored);
    if (!later) compared = now;
    return later ?? stored;
  };
};

const begin = async (
  redis: Redis,
  keys: Keys,
  token: string,
  identities: readonly string[],
): Promise<Turn | undefined> => {
  const scriptKeys = [keys.head, keys.turn, ...identities.map(keys.issued)];
  const reply = await redis.eval(BEGIN_SCRIPT, scriptKeys.length, ...scriptKeys, token, TURN_MS);
  const [sequence, hash, ...files] = Begun.parse(reply);
  if (sequence === undefined) return undefined;
  return { token, stored: sequence === null ? undefined : { sequence, hash }, files };
};

const linkAll = async (
  facts: readonly ReceiptFacts[],
  start: Head | undefined,
  { key, now, version }: ChainOptions,
): Promise<Link[]> => {
  const links = new Map<string, Link>();
  let head = start;
  for (const each of facts) {
    const identity = identityOf(each);
    if (links.has(identity)) continue;
    const claims: ReceiptClaims = {
      ...each,
      issuedAt: new Date(now()).toISOString(),
      version,
      sequence: (head?.sequence ?? 0) + 1,
      previous: head?.hash ?? null,
    };
    const jws = await key.sign(claims);
    head = { sequence: claims.sequence, hash: hashOf(jws) };
    links.set(identity, { identity, file: receiptName(claims), jws, head });
  }
  return [...links.values()];
};

const append = async (
  redis: Redis,
  keys: Keys,
  { token, stored }: Turn,
  links: readonly Link[],
  { key, ttlSeconds }: ChainOptions,
): Promise<boolean> => {
  const head = links.at(-1)?.head;
  const reply = await redis.eval(
    APPEND_SCRIPT,
    4 + links.length,
    ...[keys.head, keys.turn, keys.unwritten, keys.publicKeys],
    ...links.map(({ identity }) => keys.issued(identity)),
    ...[token, stored?.sequence ?? "", stored?.hash ?? "", head?.sequence ?? "", head?.hash ?? ""],
    ...[key.publicKey.kid, JSON.stringify(key.publicKey), ttlSeconds],
    ...links.flatMap(({ file, jws }) => [file, jws]),
  );
  return reply === 1;
};
