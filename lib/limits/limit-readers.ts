import type { CountingRule } from '../common/limit-rule.js';
import { optionNames } from '../common/option-names.js';
import type { OptionReader } from '../common/option-reader.js';
import type { ConversionGuard, Limit, LimitMode } from './limit.js';
import { type RuleOption, RULES } from './limit-rules.js';
import type {
  ConversionOptions,
  LimitEntry,
  LimitOptions,
  LimitStoreChoice,
  ResendAfterOptions,
  ResolvedLimits,
} from './limits.options.js';
import { isRedisClient } from './redis-client.js';

const NAMES = optionNames<LimitOptions>({
  store: true,
  resendAfter: true,
  perNumber: true,
  perIp: true,
  perPrefix: true,
  perCountry: true,
  total: true,
  perSubject: true,
  conversion: true,
});

const REDIS = optionNames<Extract<LimitStoreChoice, object>>({ redis: true });

const ENTRY = optionNames<LimitEntry>({ max: true, seconds: true, mode: true });

const RESEND_AFTER = optionNames<ResendAfterOptions>({ seconds: true, mode: true });

const CONVERSION = optionNames<ConversionOptions>({
  by: true,
  minimumSent: true,
  minimumVerified: true,
  minimumAddresses: true,
  seconds: true,
  blockSeconds: true,
  mode: true,
});

/** A billion messages; a year; a day. More is a mistake in the unit. */
const MESSAGES = { unit: 'messages', from: 1, to: 1_000_000_000 };
const SECONDS = { unit: 'seconds', from: 1, to: 31_536_000 };
const RESEND_SECONDS = { unit: 'seconds', from: 1, to: 86_400 };

/** The range in which the estimate of addresses is useful. */
const ADDRESSES = { unit: 'addresses', from: 1, to: 100 };

/** Every limit off. Nothing is counted, so no table is needed. */
const OFF: ResolvedLimits = Object.freeze({ store: 'memory', rules: Object.freeze([]), conversion: undefined });

/** Reads {@link LimitOptions}. */
export function readLimits(options: OptionReader): ResolvedLimits {
  if (options.value('limits') === false) return OFF;
  const reader = options.nested('limits', NAMES);
  return Object.freeze({
    store: readStore(reader),
    rules: Object.freeze(
      Object.keys(RULES)
        .filter(isRule)
        .flatMap((rule) => readRule(reader, rule)),
    ),
    conversion: readConversion(reader),
  });
}

const READERS: Readonly<Record<RuleOption, (reader: OptionReader, rule: CountingRule) => readonly Limit[]>> = {
  seconds: readSeconds,
  list: readList,
  none: (_reader, rule) => defaultsOf(rule),
};

function isRule(name: string): name is CountingRule {
  return name in RULES;
}

function readRule(reader: OptionReader, rule: CountingRule): readonly Limit[] {
  return READERS[RULES[rule].option](reader, rule);
}

function defaultsOf(rule: CountingRule): readonly Limit[] {
  return RULES[rule].defaults.map((limit) => Object.freeze({ rule, ...limit, mode: 'enforce' as const }));
}

/** Reads a limit that is a number of seconds: one message in a window of that length. */
function readSeconds(reader: OptionReader, rule: CountingRule): readonly Limit[] {
  const given = reader.value(rule);
  const [{ seconds: fallback } = { seconds: 1 }] = RULES[rule].defaults;
  if (given === false) return [];
  if (given === undefined || typeof given === 'number') {
    return [oneIn(reader.integer(rule, RESEND_SECONDS, fallback), rule)];
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    reader.fault(rule, 'must be a number of seconds, { seconds, mode }, or false to turn it off');
    return [];
  }
  const own = reader.nested(rule, RESEND_AFTER);
  return [oneIn(own.integer('seconds', RESEND_SECONDS, fallback), rule, readMode(own, 'enforce'))];
}

function oneIn(seconds: number, rule: CountingRule, mode: LimitMode = 'enforce'): Limit {
  return Object.freeze({ rule, max: 1, seconds, mode });
}

/** Reads a limit that is a list. */
function readList(reader: OptionReader, rule: CountingRule): readonly Limit[] {
  const given = reader.value(rule);
  if (given === false) return [];
  if (given === undefined) return defaultsOf(rule);
  if (!Array.isArray(given)) {
    reader.fault(rule, 'must be a list of entries { max, seconds }, or false to turn it off');
    return [];
  }
  if (given.length === 0) reader.fault(rule, 'must have an entry; false turns it off');
  const windows = new Set<unknown>();
  return reader.entries(rule, given, ENTRY).map((entry) => {
    const window = entry.value('seconds');
    if (window !== undefined && windows.has(window)) {
      entry.fault('seconds', 'another entry of the list has the same, and they would share a counter; keep one');
    }
    windows.add(window);
    return readEntry(entry, rule);
  });
}

function readEntry(entry: OptionReader, rule: CountingRule): Limit {
  for (const name of ['max', 'seconds']) if (entry.value(name) === undefined) entry.fault(name, 'is required');
  return Object.freeze({
    rule,
    max: entry.integer('max', MESSAGES, 1),
    seconds: entry.integer('seconds', SECONDS, 1),
    mode: readMode(entry, 'enforce'),
  });
}

/** Reads the conversion guard. */
function readConversion(reader: OptionReader): ConversionGuard | undefined {
  if (reader.value('conversion') === false) return undefined;
  const own = reader.nested('conversion', CONVERSION);
  return Object.freeze({
    by: readGroup(own),
    minimumSent: own.integer('minimumSent', MESSAGES, 50),
    minimumVerified: readShare(own, 'minimumVerified', 0.1),
    minimumAddresses: own.integer('minimumAddresses', ADDRESSES, 10),
    seconds: own.integer('seconds', SECONDS, 3600),
    blockSeconds: own.integer('blockSeconds', SECONDS, 3600),
    mode: readMode(own, 'report'),
  });
}

function readGroup(reader: OptionReader): ConversionGuard['by'] {
  const given = reader.value('by');
  if (given === 'country' || given === 'prefix') return given;
  if (given !== undefined) reader.fault('by', 'must be "country" or "prefix"');
  return 'country';
}

function readShare(reader: OptionReader, name: string, fallback: number): number {
  const given = reader.value(name);
  if (given === undefined) return fallback;
  if (typeof given === 'number' && given > 0 && given <= 1) return given;
  reader.fault(name, 'must be a number above 0 and up to 1, such as 0.1 for one in ten');
  return fallback;
}

function readMode(reader: OptionReader, fallback: LimitMode): LimitMode {
  const given = reader.value('mode');
  if (given === 'enforce' || given === 'report') return given;
  if (given !== undefined) reader.fault('mode', 'must be "enforce" or "report"');
  return fallback;
}

function readStore(reader: OptionReader): LimitStoreChoice {
  const given = reader.value('store');
  if (given === undefined || given === 'database' || given === 'memory') return given ?? 'database';
  if (typeof given !== 'object' || given === null || !('redis' in given)) {
    reader.fault('store', 'must be "database", "memory" or { redis: client }');
    return 'database';
  }
  const store = reader.nested('store', REDIS);
  const redis = store.value('redis');
  if (isRedisClient(redis)) return Object.freeze(Object.defineProperty({ redis }, 'redis', { enumerable: false }));
  store.fault(
    'redis',
    'must be a client of ioredis or of redis (node-redis): an object with eval, and evalsha or evalSha',
  );
  return 'database';
}
