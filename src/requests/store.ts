import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { z } from "zod";
import { RequestId, type TaskId } from "../identifiers.ts";
import { keysUnder } from "./keys.ts";
import { loadAll, type Versioned } from "./load.ts";
import { openMemory } from "./memory.ts";
import type { Dossier } from "./record.ts";
import { type Save, saveAll } from "./save.ts";
import { ATTESTED_SCRIPT } from "./save-script.ts";

const MAX_CONFLICTS = 50;

// Kept short: it is personal data.
const REMEMBERED_MS = 30_000;
const MOST_REMEMBERED = 5000;

export type RequestStore = {
  /** @returns the dossier, or undefined when the request is unknown or its record has expired. */
  read(id: RequestId): Promise<Dossier | undefined>;
  /**
   * Compare-and-set: applies `change` to the current dossier and stores the answer, again on each conflict.
   * The tasks that the dossier's users wait for are indexed in the same transaction.
   * @param change returns the new dossier, or the one it was given to leave all as it is. It may be called with a
   *   dossier that is out of date: then what it answers or throws counts for nothing.
   */
  update(id: RequestId, change: (current: Dossier | undefined) => Dossier): Promise<Dossier>;
  /** Stores the first dossier of a request. @returns false, and stores nothing, when there is one already. */
  create(dossier: Dossier): Promise<boolean>;
  /** @returns the requests that a Stream task serves. */
  servedBy(task: TaskId): Promise<RequestId[]>;
  /** @returns requests that are not terminal and were last written before `before` (ms since the epoch). */
  openSince(before: number, limit: number): Promise<RequestId[]>;
  /** @returns requests that are not completed and due before `before` (ms since the epoch), the oldest first. */
  dueBefore(before: number, limit: number): Promise<RequestId[]>;
  /** @returns requests that wait for a human, the longest first. */
  actionRequired(limit: number): Promise<RequestId[]>;
  /** Lists a request among those that are due before it is begun; one without a due date is not listed. */
  noteDue(id: RequestId, dueAt: string | undefined): Promise<void>;
  /** @returns requests that have ended (again) and have not been attested, the longest first. */
  ended(limit: number): Promise<RequestId[]>;
  /** Takes requests off that list, unless they have ended once more after `until` (ms since the epoch). */
  attested(ids: readonly RequestId[], until: number): Promise<void>;
  /** Takes requests off the list of those that are due: their records have expired. */
  forgetDue(ids: readonly RequestId[]): Promise<void>;
  /** Notes that an open request has been looked at, so that others come first next time. */
  touch(id: RequestId): Promise<void>;
};

/**
 * Request records in Redis, each a hash of `version` and `record`, the personal part in a key of its own.
 * Calls made in the same turn share one round trip.
 * @param options.ttlSeconds how long the record of an ended request is kept.
 */
export const openRequestStore = (
  redis: Redis,
  options: { prefix: string; ttlSeconds: number; now: () => number },
): RequestStore => {
  const keys = keysUnder(options.prefix);
  const memory = openMemory<Versioned>(MOST_REMEMBERED, REMEMBERED_MS);
  // A Redis that lost its last second could come to the same version with another content.
  redis.on("close", memory.clear);
  const loader = batched((ids: readonly RequestId[]) => loadAll(redis, keys, ids, memory));
  const saver = batched((saves: readonly Save[]) => saveAll(redis, keys, saves, options));
  const save = async (id: RequestId, expected: number, dossier: Dossier): Promise<boolean> => {
    const saved = await saver.load({ id, expected, dossier });
    if (saved) memory.keep(id, { dossier, version: expected + 1 });
    return saved;
  };

  return {
    read: async (id) => (await loader.load(id)).dossier,
    create: (dossier) => save(dossier.record.requestId, 0, dossier),
    async update(id, change) {
      const guess = guessed(memory.recall(id), change);
      if (guess && (await save(id, guess.expected, guess.dossier))) return guess.dossier;
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        const { dossier: current, version } = await loader.load(id);
        const dossier = change(current);
        if (dossier === current) return dossier;
        if (await save(id, version, dossier)) return dossier;
      }
      throw new Error(`Request ${id} changed ${MAX_CONFLICTS} times while it was being written`);
    },
    servedBy: async (task) =>
      z.array(RequestId).parse((await redis.smembers(keys.task(task))).sort()),
    openSince: async (before, limit) =>
      z
        .array(RequestId)
        .parse(await redis.zrange(keys.open, "-inf", String(before), "BYSCORE", "LIMIT", 0, limit)),
    dueBefore: async (before, limit) =>
      z
        .array(RequestId)
        .parse(await redis.zrange(keys.due, "-inf", String(before), "BYSCORE", "LIMIT", 0, limit)),
    actionRequired: async (limit) =>
      z.array(RequestId).parse(await redis.zrange(keys.actionRequired, "0", String(limit - 1))),
    ended: async (limit) =>
      z.array(RequestId).parse(await redis.zrange(keys.ended, "0", String(limit - 1))),
    async attested(ids, until) {
      await redis.eval(ATTESTED_SCRIPT, 1, keys.ended, until, ...ids);
    },
    async noteDue(id, dueAt) {
      if (dueAt !== undefined) await redis.zadd(keys.due, Date.parse(dueAt), id);
    },
    async forgetDue(ids) {
      if (ids.length > 0) await redis.zrem(keys.due, ...ids);
    },
    async touch(id) {
      await redis.zadd(keys.open, "XX", options.now(), id);
    },
  };
};

/** What an update comes to if nobody has written since, to be stored on that condition only. */
const guessed = (
  known: Versioned | undefined,
  change: (current: Dossier | undefined) => Dossier,
): { expected: number; dossier: Dossier } | undefined => {
  if (!known) return undefined;
  try {
    const dossier = change(known.dossier);
    return dossier === known.dossier ? undefined : { expected: known.version, dossier };
  } catch {
    // The update is made again with the dossier as it is now, and may throw then.
    return undefined;
  }
};

const batched = <Key, Value>(load: (keys: readonly Key[]) => Promise<Value[]>) =>
  new DataLoader<Key, Value>(load, { cache: false, maxBatchSize: 200 });
