import type { Redis } from "ioredis";
import { z } from "zod";
import type { ConnectionName, RequestId } from "../identifiers.ts";

/** Stops a connection's deletions when there are more in an hour than anybody expected. Shared by all workers. */
export type Brake = {
  /**
   * Asks whether a request's users may be deleted now, and counts them: asked again within the hour, not a second time.
   * A request that alone has more users than `mostPerHour` may go when it is the first of its hour.
   * @returns false when the brake is engaged, by this request or before.
   */
  admits(
    connection: ConnectionName,
    request: { requestId: RequestId; users: number },
    mostPerHour: number,
  ): Promise<boolean>;
  /** Lets a connection's deletions go on, counted from nought. @returns whether the brake was engaged. */
  release(connection: ConnectionName): Promise<boolean>;
};

/**
 * KEYS: the users of the last hour, the brake. ARGV: request id, its users, most, ms of an hour.
 * Answers 1 (admitted), 0 (engaged before) or -1 (engaged now). The brake never expires: whatever runs away would
 * otherwise delete as many again every hour until somebody looks.
 */
const ADMIT_SCRIPT = `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local id, users, most, hour = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - hour)
if redis.call('ZSCORE', KEYS[1], id .. '#1') then return 1 end
local count = redis.call('ZCARD', KEYS[1])
if count > 0 and count + users > most then
  redis.call('SET', KEYS[2], now)
  return -1
end
for n = 1, users do redis.call('ZADD', KEYS[1], now, id .. '#' .. n) end
redis.call('PEXPIRE', KEYS[1], hour)
return 1
`;

const HOUR_MS = 3_600_000;

/** @param onEngaged told once each time that the brake engages. */
export const openBrake = (
  redis: Redis,
  prefix: string,
  onEngaged: (connection: ConnectionName, mostPerHour: number) => void = () => {},
): Brake => {
  const keysOf = (connection: ConnectionName) =>
    [`${prefix}:deletions:${connection}`, `${prefix}:brake:${connection}`] as const;
  return {
    async admits(connection, { requestId, users }, mostPerHour) {
      const values = [requestId, users, mostPerHour, HOUR_MS];
      const reply = await redis.eval(ADMIT_SCRIPT, 2, ...keysOf(connection), ...values);
      const answer = z.int().parse(reply);
      if (answer === -1) onEngaged(connection, mostPerHour);
      return answer === 1;
    },
    async release(connection) {
      const [deletions, brake] = keysOf(connection);
      const [, engaged] = z
        .array(z.tuple([z.null(), z.int()]))
        .parse(await redis.multi().del(deletions).del(brake).exec());
      return engaged?.[1] === 1;
    },
  };
};
