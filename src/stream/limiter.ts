import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId } from "./operations.ts";
import type { RateLimitState } from "./rate-limit-headers.ts";

/** Who may call Stream when, for one app. */
export type Limiter = {
  /**
   * Reserves one call, once and for good.
   * @returns when it may go out (ms since the epoch), at the latest `maxWaitMs` from now.
   * @throws StreamError `rate_limited` with `retryAt`, nothing reserved, when that is further away.
   */
  reserve(operation: OperationId, maxWaitMs: number): Promise<number>;
  /** Takes note of the limit that an answer told. */
  observe(operation: OperationId, state: RateLimitState): Promise<void>;
  /** No call before `until` (ms since the epoch): Stream has said no. */
  pause(operation: OperationId, until: number): Promise<void>;
  /** @returns until when no call may go out (ms since the epoch), 0 when there is no such time. */
  pausedUntil(operation: OperationId): Promise<number>;
};

/** For the few calls of a credentials check: every call may go out at once. */
export const UNLIMITED: Limiter = {
  reserve: async () => 0,
  observe: async () => {},
  pause: async () => {},
  pausedUntil: async () => 0,
};

/** The longest wait for a slot (ms), what ends it, and who is told when a slot is reserved (ms since the epoch). */
export type Waiting = {
  longestMs: number;
  signal?: AbortSignal | undefined;
  reserved?: (at: number) => void;
};

/**
 * Waits in place until a call may go out. A slot that was reserved before Stream said no is given up for a later one.
 * @throws StreamError `rate_limited` as `reserve` does, and the signal's AbortError.
 */
export const waitForSlot = async (
  limiter: Limiter,
  operation: OperationId,
  { longestMs, signal, reserved }: Waiting,
): Promise<void> => {
  for (;;) {
    const at = await limiter.reserve(operation, longestMs);
    reserved?.(at);
    const wait = at - Date.now();
    if (wait <= 0) return;
    await sleep(wait, undefined, signal && { signal });
    if ((await limiter.pausedUntil(operation)) <= Date.now()) return;
  }
};
