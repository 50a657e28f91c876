import { tooManyRequests } from "./errors.ts";
import { OPERATION_IDS, type OperationId } from "./operations.ts";
import type { AppSettings } from "./settings.ts";

export const PLATFORMS = ["server_side", "android", "ios", "web", "unity"] as const;
export type Platform = (typeof PLATFORMS)[number];

type Quota = { limit: number; remaining: number; reset: number };

export type RateLimits = {
  /** Spends one call. @throws ApiError 429 with code 9 when none is left. */
  spend(operation: OperationId, platform: Platform): void;
  /** What is left in the present window; `reset` is in whole seconds, as Stream tells it. */
  quota(operation: OperationId, platform: Platform): Quota | undefined;
  /** Forgets what was spent. */
  reset(): void;
};

/** Counts calls per operation and platform in windows that are aligned to the wall clock. */
export const openRateLimits = (settings: AppSettings, now: () => number): RateLimits => {
  const counters = new Map<string, { window: number; used: number }>();
  const counter = (name: string, windowMs: number) => {
    const window = Math.floor(now() / windowMs);
    const known = counters.get(name);
    if (known?.window === window) return known;
    const fresh = { window, used: 0 };
    counters.set(name, fresh);
    return fresh;
  };
  const minute = (operation: OperationId, platform: Platform) =>
    counter(`${operation} ${platform}`, settings.windowMs);
  const second = (operation: OperationId, platform: Platform) =>
    counter(`${operation} ${platform} second`, settings.windowMs / 60);

  return {
    spend(operation, platform) {
      const limit = limitOf(settings, operation);
      if (limit === undefined) return;
      const used = [minute(operation, platform)];
      if (used[0] && used[0].used >= limit) throw tooManyRequests();
      if (settings.perSecondLimit) {
        const burst = second(operation, platform);
        if (burst.used >= Math.max(1, Math.floor(limit / 30))) throw tooManyRequests();
        used.push(burst);
      }
      for (const each of used) each.used += 1;
    },
    quota(operation, platform) {
      const limit = limitOf(settings, operation);
      if (limit === undefined) return undefined;
      const { window, used } = minute(operation, platform);
      const reset = Math.ceil(((window + 1) * settings.windowMs) / 1_000);
      return { limit, remaining: Math.max(0, limit - used), reset };
    },
    reset: () => counters.clear(),
  };
};

/** The answer of GetRateLimits for some platforms and operations. */
export const describeRateLimits = (
  rateLimits: RateLimits,
  platforms: readonly Platform[],
  operations: readonly OperationId[] = OPERATION_IDS,
) =>
  Object.fromEntries(
    platforms.map((platform) => [
      platform,
      Object.fromEntries(
        operations.flatMap((operation) => {
          const quota = rateLimits.quota(operation, platform);
          return quota ? [[operation, quota] as const] : [];
        }),
      ),
    ]),
  );

const limitOf = ({ limits }: AppSettings, operation: OperationId): number | undefined => {
  if (limits === false) return undefined;
  const limit = limits[operation];
  return Number.isFinite(limit) ? limit : undefined;
};
