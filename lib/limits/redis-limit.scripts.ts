import { createHash } from 'node:crypto';
import { BLOCKED, CLOCK_SLACK_MS } from './limit.store.js';

/** A Lua script, and the name under which a server that has run it keeps it. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

// A counter is a hash: `used`, `verified`, `ends`. It lives for what is left of its window by the clock of the process
// that charged it last; whether a window is over is told by `ends` alone. Numbers are doubles, which count instants
// exactly; replies are flat lists of integers, since a fraction would lose its digits.

/**
 * KEYS: counters. ARGV: now, then `max`, `minimumVerified`, `windowMs` and 1 or 0 for enforced, for each counter.
 * Replies 1 or 0 for charged, then index, `used`, `verified` and `ends` of the counters that the outcome names.
 */
export const CHARGE = script(`
  local now = tonumber(ARGV[1])
  local counters, full, isRefused = {}, {}, false
  for i, key in ipairs(KEYS) do
    local max, minimumVerified, windowMs, isEnforced = unpack(ARGV, 4 * i - 2, 4 * i + 1)
    local latestEnd = now + tonumber(windowMs)
    local used, verified, ends = unpack(redis.call('HMGET', key, 'used', 'verified', 'ends'))
    local counter = { used = tonumber(used), verified = tonumber(verified), ends = tonumber(ends) }
    if not ends or counter.ends <= now then
      counter = { used = 0, verified = 0, ends = latestEnd }
    elseif counter.ends > latestEnd + ${CLOCK_SLACK_MS} and counter.verified ~= ${BLOCKED} then
      counter.ends = latestEnd
      redis.call('HSET', key, 'ends', latestEnd)
      redis.call('PEXPIRE', key, windowMs)
    end
    counters[i] = counter
    local isBelow = counter.verified < tonumber(minimumVerified) * counter.used
    if counter.verified == ${BLOCKED} or (counter.used >= tonumber(max) and isBelow) then
      full[i] = true
      isRefused = isRefused or isEnforced == '1'
    end
  end

  local reply = { isRefused and 0 or 1 }
  for i, key in ipairs(KEYS) do
    local counter = counters[i]
    if not isRefused then
      counter.used = counter.used + 1
      redis.call('HSET', key, 'used', counter.used, 'verified', counter.verified, 'ends', counter.ends)
      redis.call('PEXPIRE', key, counter.ends - now)
    end
    if full[i] or not isRefused then
      for _, value in ipairs({ i - 1, counter.used, counter.verified, counter.ends }) do
        reply[#reply + 1] = value
      end
    end
  end
  return reply
`);

/**
 * KEYS: a mark of this one call, then counters. ARGV: how long the mark stays, then `ends` of each counter. A client
 * that lost its connection sends again what it had no reply to; the mark lets it refund once.
 */
export const REFUND = script(`
  if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return 0 end
  for i = 2, #KEYS do
    local used, verified, ends = unpack(redis.call('HMGET', KEYS[i], 'used', 'verified', 'ends'))
    if ends == ARGV[i] and tonumber(verified) ~= ${BLOCKED} then
      if tonumber(used) > 1 then
        redis.call('HINCRBY', KEYS[i], 'used', -1)
      else
        redis.call('DEL', KEYS[i])
      end
    end
  end
  return 1
`);

/** KEYS: a counter. ARGV: its `ends`, and that of the block. */
export const BLOCK = script(`
  local verified, ends = unpack(redis.call('HMGET', KEYS[1], 'verified', 'ends'))
  if ends ~= ARGV[1] then return 0 end
  if tonumber(verified) == ${BLOCKED} and tonumber(ends) <= tonumber(ARGV[2]) then return 0 end
  local left = redis.call('PTTL', KEYS[1])
  redis.call('HSET', KEYS[1], 'verified', ${BLOCKED}, 'ends', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], left + math.max(0, tonumber(ARGV[2]) - tonumber(ends)))
  return 1
`);

/** KEYS: a counter. ARGV: now. */
export const COUNT_VERIFIED = script(`
  local verified, ends = unpack(redis.call('HMGET', KEYS[1], 'verified', 'ends'))
  if not ends or tonumber(ends) <= tonumber(ARGV[1]) or tonumber(verified) == ${BLOCKED} then return 0 end
  return redis.call('HINCRBY', KEYS[1], 'verified', 1)
`);

/** KEYS: counters. ARGV: now. Replies index, `used`, `verified` and `ends` of those that are open. */
export const READ = script(`
  local reply = {}
  for i, key in ipairs(KEYS) do
    local used, verified, ends = unpack(redis.call('HMGET', key, 'used', 'verified', 'ends'))
    if ends and tonumber(ends) > tonumber(ARGV[1]) then
      for _, value in ipairs({ i - 1, tonumber(used), tonumber(verified), tonumber(ends) }) do
        reply[#reply + 1] = value
      end
    end
  end
  return reply
`);

/** KEYS: counters. */
export const CLEAR = script(`
  for _, key in ipairs(KEYS) do redis.call('DEL', key) end
  return 1
`);

function script(text: string): RedisScript {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
