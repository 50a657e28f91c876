import { StreamError } from "./errors.ts";
import { type Limiter, waitForSlot } from "./limiter.ts";

/** How long a batch may wait for its slot, filling up meanwhile. */
export const LONGEST_WAIT_MS = 60_000;

/** A pass lets one call out; it is taken soon after its slot has come, or not at all. */
const PASS_MS = 5000;

/** The slots of DeleteUsers: waited for by those who board, used by those who submit. */
export type Slots = {
  /** Reserves a slot and waits for it. @returns why there is none, else undefined and a pass is left behind. */
  wait(longestMs: number): Promise<StreamError | undefined>;
  /** Takes a pass that another one's waiting has left behind. */
  takePass(): boolean;
  /** Whether there is one to be taken. */
  hasPass(): boolean;
  /** When the last reserved slot comes (ms since the epoch). */
  lastAt(): number;
};

/** @param stopping ends all waiting: those who wait are told to come back. */
export const openSlots = (limiter: Limiter, stopping: AbortSignal | undefined): Slots => {
  const passes: number[] = [];
  let lastAt = 0;
  const reserved = (at: number) => {
    lastAt = Math.max(lastAt, at);
  };
  return {
    async wait(longestMs) {
      try {
        await waitForSlot(limiter, "DeleteUsers", { longestMs, signal: stopping, reserved });
        passes.push(Date.now() + PASS_MS);
        return undefined;
      } catch (error) {
        if (error instanceof StreamError) return error;
        if (stopping?.aborted) return comeBack("The worker stops", Date.now());
        return new StreamError("unavailable", "The rate limiter cannot be reached", {
          cause: error,
        });
      }
    },
    takePass() {
      const now = Date.now();
      for (let until = passes.shift(); until !== undefined; until = passes.shift()) {
        if (until >= now) return true;
      }
      return false;
    },
    hasPass: () => passes.some((until) => until >= Date.now()),
    lastAt: () => lastAt,
  };
};

/** Tells a job to try again at `at` (ms since the epoch), at no cost. */
export const comeBack = (why: string, at: number): StreamError =>
  new StreamError("rate_limited", why, { retryAt: at });
