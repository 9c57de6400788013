import { createHash } from 'node:crypto';
import { CLOCK_SLACK_MS } from './limit.store.js';

/** A Lua script, and the name under which a server caches it. */
export interface RedisScript {
  readonly text: string;
  readonly sha1: string;
}

// One key has all counters of what is counted, such as a number: a text with the name, `used` and `ends` of each. It lives
// for what is left of its last window by the clock of the process that charged it last; only `ends` decides whether a window
// has ended. Numbers are doubles, which represent instants exactly; replies consist of integers, since a fraction would lose
// its digits. A key of another type is replaced; any other text is an error. Most time goes into commands, so a script reads
// all keys with one, and writes each with one.

/** Functions that read all keys, each as counters by their names, and write one. */
const COUNTERS = `
  local function counters_of(text)
    local counters = {}
    if text and not string.find(text, '^[^ ,]* %d+ %d+,') then error('WRONGTYPE a key of counters has another value') end
    for name, used, ends in string.gmatch(text or '', '([^ ,]*) (%d+) (%d+),') do
      counters[name] = { used = tonumber(used), ends = tonumber(ends) }
    end
    return counters
  end
  local function read(keys)
    local stored = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
    for i, text in ipairs(stored) do stored[i] = counters_of(text) end
    return stored
  end
  local function write(key, counters, left)
    local text = {}
    for name, counter in pairs(counters) do
      if counter.used > 0 then text[#text + 1] = string.format('%s %d %.0f,', name, counter.used, counter.ends) end
    end
    if #text == 0 then
      redis.call('DEL', key)
    elseif left < 0 then
      redis.call('SET', key, table.concat(text))
    else
      redis.call('SET', key, table.concat(text), 'PX', string.format('%.0f', math.max(1, left)))
    end
  end
`;

/**
 * KEYS: what the send is counted in. ARGV: now, then one text with the number of the key, the name, `max`, `windowMs` and 1
 * or 0 for enforced, for each counter. Replies with one text: 1 or 0 for charged, then index, `used` and `ends` of the
 * counters that the outcome names. Every send runs this, and clients take as long for a short argument or integer as for one
 * long text.
 */
export const CHARGE = script(`
  ${COUNTERS}
  local now, stored = tonumber(ARGV[1]), read(KEYS)
  local own, full, isRefused, isCut = {}, {}, false, {}
  for number, name, max, windowMs, isEnforced in string.gmatch(ARGV[2], '(%d+) ([^ ]*) (%d+) (%d+) (%d)') do
    local place, latestEnd = tonumber(number), now + tonumber(windowMs)
    local counter = stored[place][name] or { used = 0, ends = 0 }
    stored[place][name] = counter
    if counter.ends <= now then
      counter.used, counter.ends = 0, latestEnd
    elseif counter.ends > latestEnd + ${CLOCK_SLACK_MS} then
      counter.ends, isCut[place] = latestEnd, true
    end
    own[#own + 1] = counter
    if counter.used >= tonumber(max) then
      full[#own] = true
      isRefused = isRefused or isEnforced == '1'
    end
  end

  local outcome = { isRefused and '0' or '1' }
  for i, counter in ipairs(own) do
    if not isRefused then counter.used = counter.used + 1 end
    if full[i] or not isRefused then
      outcome[#outcome + 1] = string.format('%d %d %.0f', i - 1, counter.used, counter.ends)
    end
  end
  for place, counters in ipairs(stored) do
    if isCut[place] or not isRefused then
      local last = now
      for name, counter in pairs(counters) do
        if counter.ends <= now then counters[name] = nil end
        last = math.max(last, counter.ends)
      end
      write(KEYS[place], counters, last - now)
    end
  end
  return table.concat(outcome, ' ')
`);

/**
 * KEYS: a mark of this one call, then what was counted. ARGV: how long the mark stays, then for each counter one text: the
 * number of its key, its name and `ends`. A client that lost its connection sends again what it had no reply to; the mark
 * lets it refund once.
 */
export const REFUND = script(`
  ${COUNTERS}
  if not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return 0 end
  local keys = { unpack(KEYS, 2) }
  local stored = read(keys)
  for i = 2, #ARGV do
    local place, name, ends = string.match(ARGV[i], '^(%d+) ([^ ]*) (%d+)$')
    local counter = stored[tonumber(place)][name]
    if counter and counter.ends == tonumber(ends) then counter.used = counter.used - 1 end
  end
  for i, key in ipairs(keys) do write(key, stored[i], redis.call('PTTL', key)) end
  return 1
`);

/**
 * KEYS: what is counted. ARGV: now, then for each counter one text: the number of its key and its name. Replies index,
 * `used` and `ends` of those that are open.
 */
export const READ = script(`
  ${COUNTERS}
  local reply, now, stored = {}, tonumber(ARGV[1]), read(KEYS)
  for i = 2, #ARGV do
    local place, name = string.match(ARGV[i], '^(%d+) (.*)$')
    local counter = stored[tonumber(place)][name]
    if counter and counter.ends > now then
      for _, value in ipairs({ i - 2, counter.used, counter.ends }) do reply[#reply + 1] = value end
    end
  end
  return reply
`);

/** KEYS: what was counted. ARGV: for each counter one text: the number of its key and its name. */
export const CLEAR = script(`
  ${COUNTERS}
  local stored = read(KEYS)
  for _, text in ipairs(ARGV) do
    local place, name = string.match(text, '^(%d+) (.*)$')
    stored[tonumber(place)][name] = nil
  end
  for i, key in ipairs(KEYS) do write(key, stored[i], redis.call('PTTL', key)) end
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
