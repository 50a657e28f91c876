/**
 * Saves dossiers whose version is still the expected one; answers 1 (saved) or 0 (conflict) for each.
 * KEYS: the indexes of open requests, of due dates, of those that have ended and of those that wait for a human, then for each item its record,
 * its personal part, its tasks.
 */
export const SAVE_SCRIPT = `
local items, ttl, now = cjson.decode(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local answers, k = {}, 5
for i, item in ipairs(items) do
  local record, personal = KEYS[k], KEYS[k + 1]
  local version = tonumber(redis.call('HGET', record, 'version') or 0)
  if version ~= item.expected then
    answers[i] = 0
  else
    answers[i] = 1
    redis.call('HSET', record, 'version', version + 1, 'record', item.record)
    if item.personal == '' then redis.call('DEL', personal) else redis.call('SET', personal, item.personal) end
    for t = k + 2, k + 1 + item.tasks do
      redis.call('SADD', KEYS[t], item.id)
      redis.call('EXPIRE', KEYS[t], ttl)
    end
    if item.due then redis.call('ZADD', KEYS[2], item.due, item.id) else redis.call('ZREM', KEYS[2], item.id) end
    if item.held then redis.call('ZADD', KEYS[4], item.held, item.id) else redis.call('ZREM', KEYS[4], item.id) end
    if item.open then
      redis.call('ZADD', KEYS[1], now, item.id)
      redis.call('PERSIST', record)
    else
      redis.call('ZREM', KEYS[1], item.id)
      redis.call('ZADD', KEYS[3], now, item.id)
      redis.call('EXPIRE', record, ttl)
      redis.call('EXPIRE', personal, ttl)
    end
  end
  k = k + 2 + item.tasks
end
return answers
`;

/** KEYS: the index of ended requests. ARGV: a time, then request ids. */
export const ATTESTED_SCRIPT = `
for i = 2, #ARGV do
  local ended = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or 0)
  if ended <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
`;
