import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { z } from "zod";
import { keysUnder } from "../requests/keys.ts";
import { OPERATIONS } from "../stream/operations.ts";
import { LINE_SCRIPT } from "./scripts.ts";

/** Who of a connection's waiting requests is worked now, and who comes back later. */
export type Line = {
  /**
   * Gives a request its place, once: asked again, it keeps the place that it has.
   * @param urgent goes ahead of all others.
   * @returns how long until its turn comes (ms), 0 when that is now or the request has been begun.
   */
  waitOf(request: string, urgent: boolean): Promise<number>;
};

export type LineOptions = {
  prefix: string;
  connection: string;
  share: number;
  windowMs: number;
};

/**
 * How many users one call of the narrowest operation serves, and how far ahead of their slots requests are let in:
 * four full batches of deletions at Stream's default limit, so that as many workers fill theirs; of others no more than
 * calls wait in place.
 */
const NARROWEST = {
  access: { operation: "ExportUser", usersPerCall: 1, aheadOfWindow: 25 / 60 },
  delete: { operation: "DeleteUsers", usersPerCall: 100, aheadOfWindow: 50 / 60 },
  /** Deletions that need calls of their own, whichever: Stream's limits for those are the same. */
  deleteOneByOne: { operation: "DeleteFeedUserData", usersPerCall: 1, aheadOfWindow: 5 / 60 },
  /** Not requests but single devices. */
  devices: { operation: "DeleteDevice", usersPerCall: 1, aheadOfWindow: 5 / 60 },
} as const;
export type LineKind = keyof typeof NARROWEST;

/**
 * Lets requests in at the pace at which Stream's limit lets them out. Without it, the waiting requests of one
 * connection would hold every place in the workers, and those of all others would wait behind them.
 */
export const openLine = (
  redis: Redis,
  type: LineKind,
  { prefix, connection, share, windowMs }: LineOptions,
): Line => {
  const { operation, usersPerCall, aheadOfWindow } = NARROWEST[type];
  const keys = [
    `${prefix}:limit:${connection}:${operation}`,
    `${prefix}:line:${connection}:${type}`,
    `${prefix}:turns:${connection}:${type}`,
  ];
  const pace = [
    OPERATIONS[operation].perMinute * usersPerCall,
    usersPerCall,
    windowMs,
    share,
    Math.round(windowMs * aheadOfWindow),
  ];
  const recordOf = keysUnder(prefix).record;
  const loader = new DataLoader<{ request: string; urgent: boolean }, number>(
    async (requests) => {
      const named = requests.flatMap(({ request, urgent }) => [request, urgent ? 1 : 0]);
      const all = [...keys, ...requests.map(({ request }) => recordOf(request))];
      const waits = await redis.eval(LINE_SCRIPT, all.length, ...all, ...pace, ...named);
      return z.array(z.int()).parse(waits);
    },
    { cache: false, maxBatchSize: 500 },
  );
  return { waitOf: (request, urgent) => loader.load({ request, urgent }) };
};

/** Every request's turn is now. */
export const NO_LINE: Line = { waitOf: async () => 0 };
