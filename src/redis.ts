import { Redis } from "ioredis";

/** A connection for workers: waits for Redis as long as it takes, and comes back soon after an outage. */
export const connectWorkerRedis = (url: string): Redis =>
  quiet(
    new Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(attempt * 200, 2000),
    }),
  );

/**
 * A connection for producers and look-ups: a command fails at once when Redis is away.
 * @throws Error when Redis does not answer within `timeoutMs`.
 */
export const connectProducerRedis = async (url: string, timeoutMs = 3000): Promise<Redis> => {
  const redis = quiet(
    new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 5000,
      lazyConnect: true,
      connectTimeout: timeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 200, 2000),
    }),
  );
  const deadline = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener("abort", () => reject(new Error("timed out")), { once: true });
  });
  try {
    await Promise.race([redis.connect(), late]);
    return redis;
  } catch (cause) {
    redis.disconnect();
    throw new Error(`Redis does not answer at ${withoutSecret(url)}. Is it running?`, { cause });
  }
};

// Without a listener ioredis prints every reconnect; the callers' own commands report the failure.
const quiet = (redis: Redis): Redis => redis.on("error", () => {});

const withoutSecret = (url: string): string => {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.protocol}//${parsed.host}` : "the given REDIS_URL";
};
