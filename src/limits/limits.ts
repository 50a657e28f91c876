import type { Redis } from "ioredis";
import { type Limiter, UNLIMITED } from "../stream/limiter.ts";
import { type Line, type LineKind, NO_LINE, openLine } from "./line.ts";
import { openLimiter } from "./redis-limiter.ts";

/** What we take of each of Stream's limits, and their window. `off` is for measurements without Stream's limits. */
export type RateLimits = { share: number; windowMs: number } | "off";

/** The limits of every connection, shared by all workers on the same Redis. */
export const openLimits = (redis: Redis, prefix: string, limits: RateLimits) => {
  const lineOf = remembered(
    (connection: string, kind: LineKind): Line =>
      limits === "off" ? NO_LINE : openLine(redis, kind, { prefix, connection, ...limits }),
  );
  return {
    limiterOf: (connection: string): Limiter =>
      limits === "off" ? UNLIMITED : openLimiter(redis, { prefix, connection, ...limits }),
    lineOf,
    /** @returns how long until the last of a request's `count` devices may be deleted (ms). */
    async waitForDevices(connection: string, request: string, count: number): Promise<number> {
      const line = lineOf(connection, "devices");
      const names = Array.from({ length: count }, (_, n) => `${request}#${n}`);
      return Math.max(...(await Promise.all(names.map((name) => line.waitOf(name, false)))));
    },
  };
};

// Requests that line up in the same turn share a round trip only if they use the same line.
const remembered = (open: (connection: string, kind: LineKind) => Line) => {
  const lines = new Map<string, Line>();
  return (connection: string, kind: LineKind): Line => {
    const name = `${connection} ${kind}`;
    const line = lines.get(name) ?? open(connection, kind);
    lines.set(name, line);
    return line;
  };
};
