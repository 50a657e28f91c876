import type { Redis } from "ioredis";
import { z } from "zod";
import { StreamError } from "../stream/errors.ts";
import type { Limiter } from "../stream/limiter.ts";
import { OPERATIONS, type OperationId } from "../stream/operations.ts";
import { OBSERVE_SCRIPT, PAUSE_SCRIPT, RESERVE_SCRIPT } from "./scripts.ts";

export type LimiterOptions = {
  prefix: string;
  /** Limits are per app, so each connection has its own. */
  connection: string;
  /** From 0 to 1: what we take of each limit; the rest is for the app's own backend. */
  share: number;
  /** Stream's window, a minute. */
  windowMs: number;
};

const Reservation = z.tuple([z.int(), z.int()]);

/**
 * Keeps to Stream's rate limits together with all workers on the same Redis.
 * When Redis is away no slot is given, so no call goes out unlimited.
 */
export const openLimiter = (redis: Redis, options: LimiterOptions): Limiter => {
  const { share, windowMs } = options;
  const keyOf = (id: OperationId) => `${options.prefix}:limit:${options.connection}:${id}`;
  return {
    async reserve(id, maxWaitMs) {
      const reply = await redis.eval(
        RESERVE_SCRIPT,
        1,
        keyOf(id),
        OPERATIONS[id].perMinute,
        windowMs,
        share,
        maxWaitMs,
      );
      const [reserved, wait] = Reservation.parse(reply);
      const at = Date.now() + wait;
      if (reserved === 1) return at;
      throw new StreamError("rate_limited", `The limit of ${id} is used up`, { retryAt: at });
    },
    async observe(id, { limit, remaining, resetAt }) {
      await redis.eval(OBSERVE_SCRIPT, 1, keyOf(id), limit, remaining, resetAt, windowMs, share);
    },
    async pause(id, until) {
      await redis.eval(PAUSE_SCRIPT, 1, keyOf(id), Math.round(until), windowMs);
    },
    pausedUntil: async (id) => Number(await redis.hget(keyOf(id), "pausedUntil")),
  };
};
