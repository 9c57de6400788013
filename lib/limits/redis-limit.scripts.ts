import { createHash } from 'node:crypto';
import { CLOCK_SLACK_MS } from './limit.store.js';

/** A Lua script, and the name under which a server caches it. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

// A counter is a hash: `used`, `ends`. It lives for what is left of its window by the clock of the process that charged
// it last; only `ends` decides whether a window has ended. Numbers are doubles, which represent instants exactly; replies
// consist of integers, since a fraction would lose its digits.

/** How the reply to a {@link CHARGE} that failed begins. */
export const FAILED = 'failed: ';

/**
 * KEYS: the counters of all sends of a group. ARGV: for each send one text of numbers: now, then `max`, `windowMs` and 1 or 0
 * for enforced, for each of its counters. Replies with one text for each send, too: 1 or 0 for charged, then index, `used`
 * and `ends` of the counters that the outcome names; or an error about a key that is no counter, which concerns this send
 * alone. Any other error is the server's, such as that it is a replica, and clients read its code. Every send runs this,
 * and clients take as long for a short argument as for one long text.
 */
export const CHARGE = script(`
  local function charge(given, first, count)
    local now = tonumber(given[1])
    local counters, full, isRefused = {}, {}, false
    for i = 1, count do
      local key = KEYS[first + i]
      local max, windowMs, isEnforced = unpack(given, 3 * i - 1, 3 * i + 1)
      local latestEnd = now + tonumber(windowMs)
      local used, ends = unpack(redis.call('HMGET', key, 'used', 'ends'))
      local counter = { used = tonumber(used), ends = tonumber(ends) }
      if not ends or counter.ends <= now then
        counter = { used = 0, ends = latestEnd }
      elseif counter.ends > latestEnd + ${CLOCK_SLACK_MS} then
        counter.ends = latestEnd
        redis.call('HSET', key, 'ends', latestEnd)
        redis.call('PEXPIRE', key, windowMs)
      end
      counters[i] = counter
      if counter.used >= tonumber(max) then
        full[i] = true
        isRefused = isRefused or isEnforced == '1'
      end
    end

    local outcome = { isRefused and 0 or 1 }
    for i, counter in ipairs(counters) do
      if not isRefused then
        local key = KEYS[first + i]
        counter.used = counter.used + 1
        redis.call('HSET', key, 'used', counter.used, 'ends', counter.ends)
        redis.call('PEXPIRE', key, counter.ends - now)
      end
      if full[i] or not isRefused then
        for _, value in ipairs({ i - 1, counter.used, counter.ends }) do
          outcome[#outcome + 1] = string.format('%.0f', value)
        end
      end
    end
    return table.concat(outcome, ' ')
  end

  local reply, first = {}, 0
  for i, numbers in ipairs(ARGV) do
    local given = {}
    for number in string.gmatch(numbers, '%S+') do given[#given + 1] = number end
    local count = (#given - 1) / 3
    local isDone, outcome = pcall(charge, given, first, count)
    if not isDone then
      -- Errors are texts, or since Redis 7 tables.
      local message = tostring(type(outcome) == 'table' and outcome.err or outcome)
      if not string.find(message, 'WRONGTYPE', 1, true) then
        return type(outcome) == 'table' and outcome or redis.error_reply(message)
      end
      outcome = '${FAILED}' .. message
    end
    reply[i] = outcome
    first = first + count
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
    local used, ends = unpack(redis.call('HMGET', KEYS[i], 'used', 'ends'))
    if ends == ARGV[i] then
      if tonumber(used) > 1 then
        redis.call('HINCRBY', KEYS[i], 'used', -1)
      else
        redis.call('DEL', KEYS[i])
      end
    end
  end
  return 1
`);

/** KEYS: counters. ARGV: now. Replies index, `used` and `ends` of those that are open. */
export const READ = script(`
  local reply = {}
  for i, key in ipairs(KEYS) do
    local used, ends = unpack(redis.call('HMGET', key, 'used', 'ends'))
    if ends and tonumber(ends) > tonumber(ARGV[1]) then
      for _, value in ipairs({ i - 1, tonumber(used), tonumber(ends) }) do
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

/** KEYS: one key, which selects the cluster node that has the counters. Replies seconds and microseconds. */
export const TIME = script(`
  local time = redis.call('TIME')
  return { tonumber(time[1]), tonumber(time[2]) }
`);

/** Names a script as the server does. */
export function script(text: string): RedisScript {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
