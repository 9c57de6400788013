import type { OptionReader } from '../common/option-reader.js';
import type { ConversionGuard, Limit, LimitMode } from './limit.js';

/** The limits that are lists, in the order in which they are told. */
export const LIMIT_LISTS = ['perNumber', 'perIp', 'perPrefix', 'perCountry', 'total'] as const;

type ListRule = (typeof LIMIT_LISTS)[number];

/** A billion messages; a year; a day. More is a mistake in the unit. */
const MESSAGES = { unit: 'messages', from: 1, to: 1_000_000_000 };
const SECONDS = { unit: 'seconds', from: 1, to: 31_536_000 };
const RESEND_SECONDS = { unit: 'seconds', from: 1, to: 86_400 };

const DEFAULTS: Readonly<Record<ListRule, readonly Pick<Limit, 'max' | 'seconds'>[]>> = {
  perNumber: [
    { max: 5, seconds: 3600 },
    { max: 10, seconds: 86_400 },
  ],
  perIp: [
    { max: 10, seconds: 60 },
    { max: 100, seconds: 3600 },
  ],
  perPrefix: [{ max: 100, seconds: 3600 }],
  perCountry: [],
  total: [],
};

/** What the estimate of addresses tells apart. */
const ADDRESSES = { unit: 'addresses', from: 1, to: 100 };

const CONVERSION = ['by', 'minimumSent', 'minimumVerified', 'minimumAddresses', 'seconds', 'blockSeconds', 'mode'];

/** Reads the time between two messages to one number: one message in a window of that length. */
export function readResendAfter(reader: OptionReader): readonly Limit[] {
  const given = reader.value('resendAfter');
  if (given === false) return [];
  if (given === undefined || typeof given === 'number') {
    return [resendAfter(reader.integer('resendAfter', RESEND_SECONDS, 30))];
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    reader.fault('resendAfter', 'must be a number of seconds, { seconds, mode }, or false to turn it off');
    return [];
  }
  const own = reader.nested('resendAfter', ['seconds', 'mode']);
  return [resendAfter(own.integer('seconds', RESEND_SECONDS, 30), readMode(own, 'enforce'))];
}

function resendAfter(seconds: number, mode: LimitMode = 'enforce'): Limit {
  return Object.freeze({ rule: 'resendAfter', max: 1, seconds, mode });
}

/** Reads a limit that is a list. */
export function readList(reader: OptionReader, rule: ListRule): readonly Limit[] {
  const given = reader.value(rule);
  if (given === false) return [];
  if (given === undefined) {
    return DEFAULTS[rule].map((limit) => Object.freeze({ rule, ...limit, mode: 'enforce' as const }));
  }
  if (!Array.isArray(given)) {
    reader.fault(rule, 'must be a list of entries { max, seconds }, or false to turn it off');
    return [];
  }
  if (given.length === 0) reader.fault(rule, 'must have an entry; false turns it off');
  const windows = new Set<unknown>();
  return reader.entries(rule, given, ['max', 'seconds', 'mode']).map((entry) => {
    const window = entry.value('seconds');
    if (window !== undefined && windows.has(window)) {
      entry.fault('seconds', 'another entry of the list has the same, and they would share a counter; keep one');
    }
    windows.add(window);
    return readEntry(entry, rule);
  });
}

function readEntry(entry: OptionReader, rule: ListRule): Limit {
  for (const name of ['max', 'seconds']) if (entry.value(name) === undefined) entry.fault(name, 'is required');
  return Object.freeze({
    rule,
    max: entry.integer('max', MESSAGES, 1),
    seconds: entry.integer('seconds', SECONDS, 1),
    mode: readMode(entry, 'enforce'),
  });
}

/** Reads the guard over conversion. */
export function readConversion(reader: OptionReader): ConversionGuard | undefined {
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
