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
};

/** For the few calls of a credentials check: every call may go out at once. */
export const UNLIMITED: Limiter = {
  reserve: async () => 0,
  observe: async () => {},
  pause: async () => {},
};
