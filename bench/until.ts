import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** Waits until a condition holds. */
export const until = async (condition: () => Promise<boolean>, everyMs = 100): Promise<void> => {
  while (!(await condition())) await sleep(everyMs);
};

/**
 * Whether a queue has nothing to work, now or later.
 * It asks with plain commands, because script calls are counted.
 */
export const isIdle = async (redis: Redis, queue: string): Promise<boolean> => {
  const counts = await Promise.all([
    ...["wait", "active", "paused"].map((list) => redis.llen(`${queue}:${list}`)),
    ...["prioritized", "delayed"].map((set) => redis.zcard(`${queue}:${set}`)),
  ]);
  return counts.every((count) => count === 0);
};
