/**
 * Takes the turn at the chain and reads where it ends. The turn only keeps workers from signing in vain;
 * that the chain never forks is APPEND_SCRIPT's doing.
 * KEYS: head, turn, then for each receipt the key that says whether it was issued.
 * ARGV: token of the caller, ms that the turn lasts if the caller dies.
 * Answers {} while another has the turn, or {sequence, hash, then for each receipt its file or nil}.
 */
export const BEGIN_SCRIPT = `
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return {} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
local answer = redis.call('HMGET', KEYS[1], 'sequence', 'hash')
for i = 3, #KEYS do answer[i] = redis.call('GET', KEYS[i]) end
return answer
`;

/**
 * Appends a batch when the chain still ends where the batch begins, and gives the turn back in any case.
 * KEYS: head, turn, unwritten receipts, public keys, then for each receipt the key that says it was issued.
 * ARGV: token, expected sequence and hash ('' for none), new sequence and hash, kid, public key,
 * seconds that an issued receipt is remembered, then for each receipt its file and JWS.
 * Answers 1, or 0 when the chain has moved.
 */
export const APPEND_SCRIPT = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
local head = redis.call('HMGET', KEYS[1], 'sequence', 'hash')
if (head[1] or '') ~= ARGV[2] or (head[2] or '') ~= ARGV[3] then return 0 end
if #KEYS == 4 then return 1 end
redis.call('HSET', KEYS[1], 'sequence', ARGV[4], 'hash', ARGV[5])
redis.call('HSET', KEYS[4], ARGV[6], ARGV[7])
for i = 5, #KEYS do
  local file, jws = ARGV[2 * i - 1], ARGV[2 * i]
  redis.call('HSET', KEYS[3], file, jws)
  redis.call('SET', KEYS[i], file, 'EX', ARGV[8])
end
return 1
`;
