import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { z } from "zod";
import { RequestId, type TaskId } from "../identifiers.ts";
import { type Keys, keysUnder } from "./keys.ts";
import { type Dossier, isFinal, isTerminal, Personal, RequestRecord } from "./record.ts";
import { ATTESTED_SCRIPT, SAVE_SCRIPT } from "./save-script.ts";

const MAX_CONFLICTS = 50;

type Versioned = { dossier: Dossier | undefined; version: number };
type Save = { id: RequestId; expected: number; dossier: Dossier };

export type RequestStore = {
  /** @returns the dossier, or undefined when the request is unknown or its record has expired. */
  read(id: RequestId): Promise<Dossier | undefined>;
  /**
   * Compare-and-set: applies `change` to the current dossier and stores the answer, again on each conflict.
   * The tasks that the dossier's users wait for are indexed in the same transaction.
   * @param change returns the new dossier, or the one it was given to leave all as it is.
   */
  update(id: RequestId, change: (current: Dossier | undefined) => Dossier): Promise<Dossier>;
  /** @returns the requests that a Stream task serves. */
  servedBy(task: TaskId): Promise<RequestId[]>;
  /** @returns requests that are not terminal and were last written before `before` (ms since the epoch). */
  openSince(before: number, limit: number): Promise<RequestId[]>;
  /** @returns requests that are not completed and due before `before` (ms since the epoch), the oldest first. */
  dueBefore(before: number, limit: number): Promise<RequestId[]>;
  /** @returns requests that wait for a human, the longest first. */
  actionRequired(limit: number): Promise<RequestId[]>;
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
  const loader = batched((ids: readonly RequestId[]) => loadAll(redis, keys, ids));
  const saver = batched((saves: readonly Save[]) => saveAll(redis, keys, saves, options));

  return {
    read: async (id) => (await loader.load(id)).dossier,
    async update(id, change) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        const { dossier: current, version } = await loader.load(id);
        const dossier = change(current);
        if (dossier === current) return dossier;
        if (await saver.load({ id, expected: version, dossier })) return dossier;
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
    async forgetDue(ids) {
      if (ids.length > 0) await redis.zrem(keys.due, ...ids);
    },
    async touch(id) {
      await redis.zadd(keys.open, "XX", options.now(), id);
    },
  };
};

const batched = <Key, Value>(load: (keys: readonly Key[]) => Promise<Value[]>) =>
  new DataLoader<Key, Value>(load, { cache: false, maxBatchSize: 200 });

const loadAll = async (redis: Redis, keys: Keys, ids: readonly RequestId[]) => {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.hmget(keys.record(id), "version", "record").get(keys.personal(id));
  }
  const replies = (await pipeline.exec()) ?? [];
  return ids.map((_, index): Versioned => {
    const [recordReply, personalReply] = replies.slice(2 * index, 2 * index + 2);
    const failure = recordReply?.[0] ?? personalReply?.[0];
    if (failure) throw failure;
    const [version, record] = z
      .tuple([z.string().nullable(), z.string().nullable()])
      .parse(recordReply?.[1]);
    const personal = z.string().nullable().parse(personalReply?.[1]);
    return {
      version: Number(version ?? 0),
      dossier: record ? revive(record, personal) : undefined,
    };
  });
};

const revive = (record: string, personal: string | null): Dossier => ({
  record: RequestRecord.parse(JSON.parse(record)),
  personal: personal === null ? null : Personal.parse(JSON.parse(personal)),
});

const saveAll = async (
  redis: Redis,
  keys: Keys,
  saves: readonly Save[],
  options: { ttlSeconds: number; now: () => number },
): Promise<boolean[]> => {
  const scriptKeys = [keys.open, keys.due, keys.ended, keys.actionRequired];
  const items = saves.map(({ id, expected, dossier }) => {
    const tasks = tasksOf(dossier);
    scriptKeys.push(keys.record(id), keys.personal(id), ...tasks.map(keys.task));
    return {
      id,
      expected,
      record: JSON.stringify(dossier.record),
      personal: dossier.personal ? JSON.stringify(dossier.personal) : "",
      tasks: tasks.length,
      open: !isTerminal(dossier.record.state),
      due: dueTime(dossier),
      held: heldSince(dossier),
    };
  });
  const saved = await redis.eval(
    SAVE_SCRIPT,
    scriptKeys.length,
    ...scriptKeys,
    JSON.stringify(items),
    options.ttlSeconds,
    options.now(),
  );
  return z
    .array(z.int())
    .parse(saved)
    .map((answer) => answer === 1);
};

const dueTime = ({ record: { dueAt, state } }: Dossier): number | false =>
  dueAt !== null && !isFinal(state) && Date.parse(dueAt);

const heldSince = ({ record: { state, history } }: Dossier): number | false =>
  state.status === "action_required" && Date.parse(history.at(-1)?.at ?? "");

/** The Stream tasks that the dossier's users wait for, or ended with (a retry of the status job needs those). */
const tasksOf = ({ personal }: Dossier): TaskId[] => {
  const tasks = (personal?.users ?? []).flatMap((user) => ("taskId" in user ? [user.taskId] : []));
  return [...new Set(tasks)];
};
