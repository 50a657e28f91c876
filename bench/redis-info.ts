import type { Redis } from "ioredis";
import { sum } from "./numbers.ts";

/** How many scripts Redis has run since it started, by Redis' own count. */
export const scriptCalls = async (redis: Redis): Promise<number> => {
  const statistics = await redis.info("commandstats");
  const calls = statistics.matchAll(/^cmdstat_(?:eval|evalsha|fcall)(?:_ro)?:calls=(\d+)/gm);
  return sum([...calls].map(([, count]) => Number(count)));
};

/** What Redis holds, in bytes. */
export const usedMemory = async (redis: Redis): Promise<number> => {
  const memory = await redis.info("memory");
  return Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
};
