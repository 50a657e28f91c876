import type { Redis } from "ioredis";
import { type Limiter, UNLIMITED } from "../stream/limiter.ts";
import { type Line, NO_LINE, openLine } from "./line.ts";
import { openLimiter } from "./redis-limiter.ts";

/** What we take of each of Stream's limits, and their window. `off` is for measurements without Stream's limits. */
export type RateLimits = { share: number; windowMs: number } | "off";

/** The limits of every connection, shared by all workers on the same Redis. */
export const openLimits = (redis: Redis, prefix: string, limits: RateLimits) => ({
  limiterOf: (connection: string): Limiter =>
    limits === "off" ? UNLIMITED : openLimiter(redis, { prefix, connection, ...limits }),
  lineOf: remembered(
    (connection: string, type: "access" | "delete"): Line =>
      limits === "off" ? NO_LINE : openLine(redis, type, { prefix, connection, ...limits }),
  ),
});

// Requests that line up in the same turn share a round trip only if they use the same line.
const remembered = (open: (connection: string, type: "access" | "delete") => Line) => {
  const lines = new Map<string, Line>();
  return (connection: string, type: "access" | "delete"): Line => {
    const name = `${connection} ${type}`;
    const line = lines.get(name) ?? open(connection, type);
    lines.set(name, line);
    return line;
  };
};
