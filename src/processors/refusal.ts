import { adviceOn } from "../stream/check.ts";
import { StreamError } from "../stream/errors.ts";
import { type Context, UnknownConnectionError } from "./context.ts";
import type { Verdict } from "./verdict.ts";

const RATE_LIMIT_PAUSE_MS = 30_000;
const HOLD_PAUSE_MS = 60_000;

/**
 * What an error means for a job. A used-up rate limit and a connection that Stream refuses cost no attempt:
 * the job waits, the latter with a reason that a human can act on, and goes on by itself once that is mended.
 * @throws the error itself when trying again is the answer.
 */
export const verdictOn = (error: unknown, context: Pick<Context, "now" | "random">): Verdict => {
  const after = (pause: number) => context.now() + Math.round(pause * (1 + 0.2 * context.random()));
  if (error instanceof UnknownConnectionError) {
    return { kind: "rejected", reason: error.code, message: error.message };
  }
  if (!(error instanceof StreamError)) throw error;
  if (error.code === "rate_limited") {
    const at = error.retryAt ?? after(RATE_LIMIT_PAUSE_MS);
    return { kind: "later", at: Math.max(at, context.now()) + Math.round(500 * context.random()) };
  }
  const message = `${adviceOn(error)} [${error.message}]`;
  if (error.concernsConnection) {
    return { kind: "later", at: after(HOLD_PAUSE_MS), hold: { reason: error.code, message } };
  }
  if (!error.retryable) return { kind: "rejected", reason: error.code, message };
  throw error;
};
