import type { IncomingHttpHeaders } from "node:http";

export type RateLimitState = { limit: number; remaining: number; resetAt: number };

/** Reads `X-RateLimit-*`, tolerating doubled values (`"6, 6"`). `resetAt` is ms since the epoch. */
export const readRateLimit = (headers: IncomingHttpHeaders): RateLimitState | undefined => {
  const limit = firstInteger(headers["x-ratelimit-limit"]);
  const remaining = firstInteger(headers["x-ratelimit-remaining"]);
  const reset = firstInteger(headers["x-ratelimit-reset"]);
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  return { limit, remaining, resetAt: reset * 1000 };
};

/**
 * When a refused call may be made again (ms since the epoch): the later of `Retry-After`
 * (RFC 9110 §10.2.3: seconds or a date) and the window's reset; undefined when neither is told.
 */
export const readRetryAt = (headers: IncomingHttpHeaders, now: number): number | undefined => {
  const retryAfter = readRetryAfter(headers["retry-after"], now);
  const reset = readRateLimit(headers)?.resetAt;
  const known = [retryAfter, reset].filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

const readRetryAfter = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined) return undefined;
  const time = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
};

const firstInteger = (value: string | string[] | undefined): number | undefined => {
  const match = /^\s*(\d{1,15})\b/.exec(String(value ?? ""));
  return match ? Number(match[1]) : undefined;
};
