import type { Redis } from "ioredis";
import type { Config } from "./config/config.ts";
import { openQueues, PREFIX, type Queues } from "./queues/queues.ts";
import { openRequestStore, type RequestStore } from "./requests/store.ts";

/** What every long-running part of the system stands on. */
export type Base = AsyncDisposable & {
  redis: Redis;
  queues: Queues;
  requests: RequestStore;
  now: () => number;
};

/** Opens queues and records on a connection to Redis, which ends with them. */
export const openBase = (redis: Redis, config: Config): Base => {
  const queues = openQueues(redis);
  const now = Date.now;
  const requests = openRequestStore(redis, {
    prefix: PREFIX,
    ttlSeconds: config.requests.ttlSeconds,
    now,
  });
  return {
    redis,
    queues,
    requests,
    now,
    async [Symbol.asyncDispose]() {
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
};
