/**
 * The generic cell rate algorithm (GCRA) with Redis' own clock, so that all workers agree.
 * KEYS[1] hash of `next` (theoretical arrival time), `limit`, `pausedUntil`, all ms.
 * ARGV: limit until Stream tells one, window ms, share of the limit that is ours, longest wait ms.
 * Answers {1, wait ms} with the slot reserved, or {0, wait ms} with nothing done.
 */
export const RESERVE_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'next', 'limit', 'pausedUntil')
local limit = tonumber(state[2] or ARGV[1])
local window, share = tonumber(ARGV[2]), tonumber(ARGV[3])
local interval = window / (limit * share)
-- A sixtieth of the window lets limit/30 through; what the steady rate leaves of that may go in one burst.
-- But no more than is left of a whole window: the steady rate and the burst together stay within the limit.
local spare = limit - math.floor(limit * share)
local burst = math.max(1, math.min(spare, math.floor(limit * (1 / 30 - share / 60))))
local next = tonumber(state[1] or 0)
local at = math.max(now, next - (burst - 1) * interval, tonumber(state[3] or 0))
local wait = math.ceil(at - now)
if wait > tonumber(ARGV[4]) then return { 0, wait } end
redis.call('HSET', KEYS[1], 'next', string.format('%.3f', math.max(at, next) + interval))
redis.call('PEXPIRE', KEYS[1], math.ceil(wait + 10 * window))
return { 1, wait }
`;

/**
 * Takes note of what Stream's headers told: the limit, and a pause until the reset when others have used so much
 * of the window that no more than their own share is left.
 * KEYS[1] as above. ARGV: limit, remaining, reset ms, window ms, share.
 */
export const OBSERVE_SCRIPT = `
local limit, remaining, reset = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'limit', 'pausedUntil')
if known[1] ~= limit then redis.call('HSET', KEYS[1], 'limit', limit) end
local ours = math.ceil(limit * ARGV[5] - 1e-6)
if remaining <= limit - ours and reset > tonumber(known[2] or 0) then
  redis.call('HSET', KEYS[1], 'pausedUntil', reset)
end
redis.call('PEXPIRE', KEYS[1], 10 * ARGV[4])
`;

/** Lets no call through before a time. KEYS[1] as above. ARGV: until ms, window ms. */
export const PAUSE_SCRIPT = `
local known = tonumber(redis.call('HGET', KEYS[1], 'pausedUntil') or 0)
if tonumber(ARGV[1]) > known then redis.call('HSET', KEYS[1], 'pausedUntil', ARGV[1]) end
redis.call('PEXPIRE', KEYS[1], 10 * ARGV[2])
`;

/**
 * Gives requests their turns, a fixed time apart, and remembers them, so that one who has to come back keeps its own.
 * Whoever has a record has been let in before, and waits no more.
 * KEYS: limit of the operation that lets them out, time of the last turn, turns given, then for each request its record.
 * ARGV: users per window until Stream tells a limit, users per call, window ms, share, ms ahead,
 * then for each request its id and whether it is urgent. Answers a wait in ms for each.
 */
export const LINE_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'limit', 'pausedUntil')
local window, ahead = tonumber(ARGV[3]), tonumber(ARGV[5])
local users = known[1] and known[1] * ARGV[2] or tonumber(ARGV[1])
local interval = window / (users * ARGV[4])
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), now - ahead, tonumber(known[2] or 0) - ahead)
local waits = {}
for i = 6, #ARGV, 2 do
  local id, urgent = ARGV[i], ARGV[i + 1] == '1'
  local begun = redis.call('EXISTS', KEYS[4 + (i - 6) / 2]) == 1
  local turn = begun and now or tonumber(redis.call('ZSCORE', KEYS[3], id) or -1)
  if turn < 0 then
    last = last + interval
    turn = urgent and now or last
    redis.call('ZADD', KEYS[3], turn, id)
  end
  waits[#waits + 1] = math.max(0, math.ceil(turn - now))
end
redis.call('SET', KEYS[2], string.format('%.3f', last), 'PX', math.ceil(math.max(0, last - now)) + 10 * window)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 60 * window)
redis.call('PEXPIRE', KEYS[3], math.ceil(math.max(0, last - now)) + 100 * window)
return waits
`;
