import type { Redis } from "ioredis";
import type { RequestId } from "../src/identifiers.ts";
import { openProducer } from "../src/queues/producer.ts";
import { PREFIX } from "../src/queues/queues.ts";
import { isTerminal, type RequestRecord } from "../src/requests/record.ts";
import { openRequestStore, type RequestStore } from "../src/requests/store.ts";
import { isIdle, until } from "./until.ts";

const AT_A_TIME = 500;

export type NewRequests = {
  type: "access" | "delete";
  userIds: readonly string[];
  connection?: string;
};

/** Adds one request a user through our producer. @returns their ids. */
export const addRequests = async (
  redisUrl: string,
  { type, userIds, connection = "default" }: NewRequests,
): Promise<RequestId[]> => {
  await using producer = await openProducer(redisUrl);
  const add = type === "access" ? producer.requestAccess : producer.requestDelete;
  const ids: RequestId[] = [];
  for (let start = 0; start < userIds.length; start += AT_A_TIME) {
    const some = userIds.slice(start, start + AT_A_TIME);
    ids.push(
      ...(await Promise.all(some.map((userId) => add({ connection, subject: { userId } })))),
    );
  }
  return ids;
};

/** Waits until no request waits, is worked or is under way at Stream. */
export const untilSettled = (redis: Redis): Promise<void> =>
  until(async () => {
    const queues = ["access", "delete"].map((queue) => isIdle(redis, `${PREFIX}:${queue}`));
    if (!(await Promise.all(queues)).every(Boolean)) return false;
    return (await redis.zcard(`${PREFIX}:open`)) === 0;
  });

/** @returns the records of requests. @throws Error unless all of them are completed: a fast failure is no result. */
export const completedRecords = async (
  redis: Redis,
  ids: readonly RequestId[],
): Promise<RequestRecord[]> => {
  const records = await recordsOf(storeOn(redis), ids);
  const bad = records.filter(({ state }) => state.status !== "completed");
  if (bad.length > 0 || records.length < ids.length) {
    const example = JSON.stringify(bad[0]?.state);
    throw new Error(`${bad.length} of ${ids.length} requests are not completed: ${example}`);
  }
  return records;
};

/** Waits until every one of these requests has ended. */
export const untilEnded = (
  redis: Redis,
  ids: readonly RequestId[],
  everyMs = 50,
): Promise<void> => {
  const store = storeOn(redis);
  return until(async () => {
    const records = await recordsOf(store, ids);
    return records.length === ids.length && records.every(({ state }) => isTerminal(state));
  }, everyMs);
};

const stores = new WeakMap<Redis, RequestStore>();

const storeOn = (redis: Redis): RequestStore => {
  const options = { prefix: PREFIX, ttlSeconds: 3600, now: Date.now };
  const store = stores.get(redis) ?? openRequestStore(redis, options);
  stores.set(redis, store);
  return store;
};

const recordsOf = async (
  store: RequestStore,
  ids: readonly RequestId[],
): Promise<RequestRecord[]> => {
  const dossiers = await Promise.all(ids.map((id) => store.read(id)));
  return dossiers.flatMap((dossier) => (dossier ? [dossier.record] : []));
};

/** When the first of the requests was taken up and when the last one came into a state, by their own records. */
export const spanOf = (
  records: readonly RequestRecord[],
  until: "completed" | "in_progress/polling" = "completed",
): { from: number; to: number } => {
  const starts = records.map(({ history }) => Date.parse(history[0]?.at ?? ""));
  const ends = records.flatMap(({ history }) => {
    const end = history.findLast(({ state }) => state.startsWith(until));
    return end ? [Date.parse(end.at)] : [];
  });
  return {
    from: starts.reduce((least, start) => Math.min(least, start), Infinity),
    to: ends.reduce((most, end) => Math.max(most, end), 0),
  };
};
