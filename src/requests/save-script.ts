/**
 * Saves dossiers whose version is still the expected one; answers 1 (saved) or 0 (conflict) for each.
 * KEYS: the indexes of open requests, of due dates, of those that have ended and of those that wait for a human, then for each item its record,
 * its personal part, its tasks.
 * ARGV: seconds that an ended request is kept, now, then for each item its id, the expected version, record and personal part (JSON;
 * '' for none), how many tasks it has, 1 if it is open, its due date and since when it waits for a human ('' for neither).
 */
export const SAVE_SCRIPT = `
local ttl, now = ARGV[1], ARGV[2]
local answers, k = {}, 5
local function index(key, score, id)
  if score ~= '' then redis.call('ZADD', key, score, id) else redis.call('ZREM', key, id) end
end
for a = 3, #ARGV, 8 do
  local id, expected, content, private, tasks = ARGV[a], tonumber(ARGV[a + 1]), ARGV[a + 2], ARGV[a + 3], tonumber(ARGV[a + 4])
  local record, personal = KEYS[k], KEYS[k + 1]
  local version = tonumber(redis.call('HGET', record, 'version') or 0)
  if version ~= expected then
    answers[#answers + 1] = 0
  else
    answers[#answers + 1] = 1
    redis.call('HSET', record, 'version', version + 1, 'record', content)
    if private == '' then redis.call('DEL', personal) else redis.call('SET', personal, private) end
    for t = k + 2, k + 1 + tasks do
      redis.call('SADD', KEYS[t], id)
      redis.call('EXPIRE', KEYS[t], ttl)
    end
    index(KEYS[2], ARGV[a + 6], id)
    index(KEYS[4], ARGV[a + 7], id)
    if ARGV[a + 5] == '1' then
      redis.call('ZADD', KEYS[1], now, id)
      redis.call('PERSIST', record)
    else
      redis.call('ZREM', KEYS[1], id)
      redis.call('ZADD', KEYS[3], now, id)
      redis.call('EXPIRE', record, ttl)
      redis.call('EXPIRE', personal, ttl)
    end
  end
  k = k + 2 + tasks
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
