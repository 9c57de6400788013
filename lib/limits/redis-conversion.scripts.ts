import { MAX_BLOCKS } from './conversion.store.js';
import { CLOCK_SLACK_MS } from './limit.store.js';
import { script } from './redis-limit.scripts.js';

// The counts of a subject are a hash: `sent`, `verified`, `ends`, and the bitmap of addresses in two halves, `high` and
// `low`, since Lua's bit operations take 32 bits. The blocks are one sorted set of subjects by their end.

/**
 * KEYS: counts. ARGV: now, length of the window, then `sent`, `verified`, `high` and `low` for each. Replies what each has
 * counted, in the same order.
 */
export const ADD = script(`
  local now, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2])
  local reply = {}
  for i, key in ipairs(KEYS) do
    local sent, verified, high, low = unpack(ARGV, 4 * i - 1, 4 * i + 2)
    local counted = redis.call('HMGET', key, 'sent', 'verified', 'high', 'low', 'ends')
    local ends = tonumber(counted[5])
    if not ends or ends <= now then
      counted = { 0, 0, 0, 0 }
      ends = now + windowMs
    elseif ends > now + windowMs + ${CLOCK_SLACK_MS} then
      ends = now + windowMs
    end
    local total = {
      tonumber(counted[1]) + tonumber(sent),
      tonumber(counted[2]) + tonumber(verified),
      bit.bor(tonumber(counted[3]), tonumber(high)),
      bit.bor(tonumber(counted[4]), tonumber(low)),
    }
    redis.call('HSET', key, 'sent', total[1], 'verified', total[2], 'high', total[3], 'low', total[4], 'ends', ends)
    redis.call('PEXPIRE', key, ends - now)
    for _, value in ipairs(total) do reply[#reply + 1] = value end
  end
  return reply
`);

/** KEYS: the blocks, then the counts to forget. ARGV: now, end of the new blocks, then their subjects. */
export const BLOCK = script(`
  local now, ends = tonumber(ARGV[1]), tonumber(ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
  for i = 3, #ARGV do
    local open = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]))
    if not open or open > ends then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[i]) end
    redis.call('DEL', KEYS[i - 1])
  end
  redis.call('PEXPIRE', KEYS[1], math.max(1, ends - now, redis.call('PTTL', KEYS[1])))
  return 1
`);

/** KEYS: the blocks. ARGV: now. Replies subject and end of the open blocks, the last to end first. */
export const READ_BLOCKS = script(`
  return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[1], 'WITHSCORES', 'LIMIT', 0, ${MAX_BLOCKS})
`);
