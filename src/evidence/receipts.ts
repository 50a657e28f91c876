import { join } from "node:path";
import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import type { JSONWebKeySet } from "jose";
import { keysUnder, openChain } from "./chain.ts";
import { parseFacts, type ReceiptFacts } from "./claims.ts";
import { openReceiptFolder, type ReceiptFolder } from "./folder.ts";
import { keySet, PublicKey, type SigningKey } from "./keys.ts";

export type EvidenceOptions = {
  redis: Redis;
  prefix: string;
  /** The receipts go into the folder `receipts` in it; share it between workers. */
  directory: string;
  key: SigningKey;
  now: () => number;
  /** Of stream-dsr. */
  version: string;
  /** How long a receipt that is issued again is recognised: as long as records of ended requests are kept. */
  ttlSeconds?: number;
};

export type Evidence = {
  /**
   * Issues a receipt for each finished request. The same end of a request gets one receipt, however often it is issued.
   * @returns the path of each receipt, in order, when all are on disk.
   * @throws Error when a fact may not go into a receipt (nothing is issued then); when Redis fails or the folder cannot
   *   be read; when the files cannot be written (Redis keeps the receipts for `flush`, and issuing again writes them too).
   */
  issue(facts: readonly ReceiptFacts[]): Promise<string[]>;
  /** Writes the receipts that were issued but not written, by any worker. @returns how many. */
  flush(): Promise<number>;
  /** The public keys (RFC 7517) of all workers that ever signed, and our own. */
  jwks(): Promise<JSONWebKeySet>;
};

const BATCH = 100;
const NINETY_DAYS_IN_SECONDS = 90 * 86_400;

/** Issues receipts into the one chain that all workers on the same Redis share. Nothing is opened or written yet. */
export const openEvidence = (options: EvidenceOptions): Evidence => {
  const { redis, key, prefix } = options;
  const folder = openReceiptFolder(join(options.directory, "receipts"));
  const keys = keysUnder(prefix);
  const append = openChain(redis, {
    ttlSeconds: NINETY_DAYS_IN_SECONDS,
    ...options,
    laterHead: folder.laterHead,
  });
  const write = (receipts: Receipts) => writeOut(redis, keys, folder, receipts);
  const issuer = oneBatchAtATime(async (facts: readonly ReceiptFacts[]) => {
    const files = await append(facts);
    await write(await unwrittenOf(redis, keys, files));
    return files.map(folder.pathOf);
  });
  return {
    issue: async (facts) => Promise.all(facts.map(parseFacts).map((each) => issuer.load(each))),
    flush: () => flush(redis, keys, write),
    jwks: async () =>
      keySet([...(await publicKeys(redis, keys)), ...(await folder.keys()), key.publicKey]),
  };
};

/** The public keys (RFC 7517) of all workers that signed into the chain on this Redis. */
export const publishedKeys = async (redis: Redis, prefix: string): Promise<JSONWebKeySet> =>
  keySet(await publicKeys(redis, keysUnder(prefix)));

type Keys = ReturnType<typeof keysUnder>;
type Receipts = ReadonlyMap<string, string>;

// Workers of one process would otherwise compete with each other; what comes meanwhile is the next batch.
const oneBatchAtATime = <Item, Answer>(work: (items: readonly Item[]) => Promise<Answer[]>) => {
  let lane: Promise<unknown> = Promise.resolve();
  const inLane = (items: readonly Item[]): Promise<Answer[]> => {
    const done = lane.then(() => work(items));
    lane = done.catch(() => {});
    return done;
  };
  return new DataLoader<Item, Answer>(inLane, {
    cache: false,
    maxBatchSize: BATCH,
    batchScheduleFn: (dispatch) => void lane.then(dispatch),
  });
};

const unwrittenOf = async (redis: Redis, keys: Keys, files: readonly string[]) => {
  const found = await redis.hmget(keys.unwritten, ...files);
  return new Map(files.flatMap((file, n) => (found[n] ? [[file, found[n]] as const] : [])));
};

const writeOut = async (redis: Redis, keys: Keys, folder: ReceiptFolder, receipts: Receipts) => {
  if (receipts.size === 0) return;
  try {
    await folder.publish(() => publicKeys(redis, keys));
    await folder.write(receipts);
  } catch (cause) {
    const message = `${receipts.size} receipts cannot be written; Redis keeps them until they can be`;
    throw new Error(message, { cause });
  }
  await redis.hdel(keys.unwritten, ...receipts.keys());
};

const flush = async (redis: Redis, keys: Keys, write: (receipts: Receipts) => Promise<void>) => {
  const written = new Set<string>();
  let cursor = "0";
  do {
    const [next, entries] = await redis.hscan(keys.unwritten, cursor, "COUNT", BATCH);
    const files = entries.filter((_, n) => n % 2 === 0);
    const receipts = new Map(files.map((file, n) => [file, entries[2 * n + 1] ?? ""]));
    await write(receipts);
    for (const file of files) written.add(file);
    cursor = next;
  } while (cursor !== "0");
  return written.size;
};

const publicKeys = async (redis: Redis, keys: Keys): Promise<PublicKey[]> =>
  (await redis.hvals(keys.publicKeys)).map((text) => PublicKey.parse(JSON.parse(text)));
