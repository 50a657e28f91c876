import DataLoader from "dataloader";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { RequestId } from "../identifiers.ts";
import { OPERATIONS } from "../stream/operations.ts";
import { LINE_SCRIPT } from "./scripts.ts";

/** Who of a connection's waiting requests is worked now, and who comes back later. */
export type Line = {
  /**
   * Gives a request its place, once: asked again, it keeps the place that it has.
   * @param urgent goes ahead of all others.
   * @returns how long until its turn comes (ms), 0 when that is now.
   */
  waitOf(request: RequestId, urgent: boolean): Promise<number>;
};

export type LineOptions = {
  prefix: string;
  connection: string;
  share: number;
  windowMs: number;
};

/** How many users one call of the narrowest operation serves. */
const NARROWEST = {
  access: { operation: "ExportUser", usersPerCall: 1 },
  delete: { operation: "DeleteUsers", usersPerCall: 100 },
} as const;

/** How far ahead of their slots requests are let in: two full batches of deletions at Stream's default limit. */
const AHEAD_OF_WINDOW = 25 / 60;

/**
 * Lets requests in at the pace at which Stream's limit lets them out. Without it, the waiting requests of one
 * connection would hold every place in the workers, and those of all others would wait behind them.
 */
export const openLine = (
  redis: Redis,
  type: keyof typeof NARROWEST,
  { prefix, connection, share, windowMs }: LineOptions,
): Line => {
  const { operation, usersPerCall } = NARROWEST[type];
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
    Math.round(windowMs * AHEAD_OF_WINDOW),
  ];
  const loader = new DataLoader<{ request: RequestId; urgent: boolean }, number>(
    async (requests) => {
      const named = requests.flatMap(({ request, urgent }) => [request, urgent ? 1 : 0]);
      const waits = await redis.eval(LINE_SCRIPT, keys.length, ...keys, ...pace, ...named);
      return z.array(z.int()).parse(waits);
    },
    { cache: false, maxBatchSize: 500 },
  );
  return { waitOf: (request, urgent) => loader.load({ request, urgent }) };
};

/** Every request's turn is now. */
export const NO_LINE: Line = { waitOf: async () => 0 };
