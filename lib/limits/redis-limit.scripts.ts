import { createHash } from 'node:crypto';
import { CLOCK_SLACK_MS } from './limit.store.js';

/** A Lua script, and the name under which a server caches it. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

// A counter is a text: `used` and `ends`. It lives for what is left of its window by the clock of the process that charged
// it last; only `ends` decides whether a window has ended. Numbers are doubles, which represent instants exactly; replies
// consist of integers, since a fraction would lose its digits. A key of another type is replaced; a text
// that is no counter is an error. Most time goes into commands, so a script reads all counters with one, and writes each
// with one.

/** How the reply to a {@link CHARGE} that failed begins. */
export const FAILED = 'failed: ';

/**
 * Functions that read a counter, write one with all digits (Lua's own conversion of a number to a text has 14), and read the
 * texts of all keys.
 */
const COUNTER_TEXT = `
  local function read(text)
    local used, ends = string.match(text, '^(%d+) (%d+)$')
    return tonumber(used), tonumber(ends)
  end
  local function textOf(used, ends) return string.format('%d %.0f', used, ends) end
  local function texts() return #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {} end
`;

/**
 * KEYS: the counters of all sends of a group. ARGV: for each send one text of numbers: now, then `max`, `windowMs` and 1 or 0
 * for enforced, for each of its counters. Replies with one text for each send, too: 1 or 0 for charged, then index, `used`
 * and `ends` of the counters that the outcome names; or an error about a key that is no counter, which concerns this send
 * alone. Every send runs this, and clients take as long for a short argument as for one long text.
 */
export const CHARGE = script(`
  ${COUNTER_TEXT}
  local counters = {}
  for i, text in ipairs(texts()) do
    local counter = { used = 0, ends = 0 }
    if text then
      counter.used, counter.ends = read(text)
      counter.isForeign = not counter.ends
    end
    counters[KEYS[i]] = counter
  end

  local function charge(numbers, first)
    local now = tonumber(string.match(numbers, '^%d+'))
    local own, count, full, isRefused, isForeign = {}, 0, {}, false, false
    for max, windowMs, isEnforced in string.gmatch(numbers, ' (%d+) (%d+) (%d)') do
      count = count + 1
      local counter = counters[KEYS[first + count]]
      own[count] = counter
      if counter.isForeign then
        isForeign = true
      else
        local latestEnd = now + tonumber(windowMs)
        if counter.ends <= now then
          counter.used, counter.ends = 0, latestEnd
        elseif counter.ends > latestEnd + ${CLOCK_SLACK_MS} then
          counter.ends, counter.left = latestEnd, latestEnd - now
        end
        if counter.used >= tonumber(max) then
          full[count] = true
          isRefused = isRefused or isEnforced == '1'
        end
      end
    end
    if isForeign then return '${FAILED}WRONGTYPE a key of a counter has another value', count end

    local outcome = { isRefused and '0' or '1' }
    for i, counter in ipairs(own) do
      if not isRefused then
        counter.used, counter.left = counter.used + 1, counter.ends - now
      end
      if full[i] or not isRefused then
        outcome[#outcome + 1] = (i - 1) .. ' ' .. textOf(counter.used, counter.ends)
      end
    end
    return table.concat(outcome, ' '), count
  end

  local reply, first, count = {}, 0, 0
  for i, numbers in ipairs(ARGV) do
    reply[i], count = charge(numbers, first)
    first = first + count
  end
  for key, counter in pairs(counters) do
    if counter.left then
      redis.call('SET', key, textOf(counter.used, counter.ends), 'PX', string.format('%.0f', counter.left))
    end
  end
  return reply
`);

/**
 * KEYS: a mark of this one call, then counters. ARGV: how long the mark stays, then `ends` of each counter. A client
 * that lost its connection sends again what it had no reply to; the mark lets it refund once.
 */
export const REFUND = script(`
  ${COUNTER_TEXT}
  if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return 0 end
  for i = 2, #KEYS do
    local used, ends = read(redis.call('GET', KEYS[i]) or '')
    if ends and ends == tonumber(ARGV[i]) then
      if used > 1 then
        redis.call('SET', KEYS[i], textOf(used - 1, ends), 'PX', math.max(1, redis.call('PTTL', KEYS[i])))
      else
        redis.call('DEL', KEYS[i])
      end
    end
  end
  return 1
`);

/** KEYS: counters. ARGV: now. Replies index, `used` and `ends` of those that are open. */
export const READ = script(`
  ${COUNTER_TEXT}
  local reply = {}
  for i, text in ipairs(texts()) do
    local used, ends = read(text or '')
    if ends and ends > tonumber(ARGV[1]) then
      for _, value in ipairs({ i - 1, used, ends }) do
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
