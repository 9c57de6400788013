import type { CountryCode } from 'libphonenumber-js/max';
import type { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';
import { type NumberPolicy, type NumberValidation, PHONE_NUMBER_TYPES, type PhoneNumberType } from './number-policy.js';
import { isCountry } from './phone-number.js';

/**
 * Which numbers may be sent a code, see {@link PhoneVerifyOptions.numbers}.
 *
 * @publicApi
 */
export interface NumberOptions {
  /**
   * The only countries that may, ISO 3166-1 alpha-2 in capitals. `'GB'` includes `GG`, `JE` and `IM`, whose ranges it
   * shares; every country of `+1` is separate. Default: every country.
   */
  allowedCountries?: readonly string[] | undefined;
  /** Countries that may not, read in the same way. Default `[]`. */
  deniedCountries?: readonly string[];
  /**
   * Types of number that may not. Default: those that cost the caller or the sender more, and those that take no
   * message.
   */
  deniedTypes?: readonly PhoneNumberType[];
  /**
   * Whether numbers of no country may: satellite and international networks (`+870`, `+878`, `+881`, `+882`, `+883`) and
   * international services (`+800`, `+808`, `+888`, `+979`), the most expensive of all. The lists of countries do not
   * apply to them; `deniedTypes` does, and its default refuses the services. Default `false`.
   */
  allowNonGeographic?: boolean;
  /** `'possible'` takes numbers of ranges that are newer than the metadata as well. Default `'valid'`. */
  validation?: NumberValidation;
  /**
   * Prefixes of allowed numbers, such as `'+1861'` for a range that opened today: whatever the metadata say of their
   * range, length, country and type. Written in E.164, a plus and 1 to 15 digits. Of this list and `deniedPrefixes` the
   * longest prefix of a number decides, before countries and types. Default `[]`.
   *
   * @example
   * ```ts
   * numbers: { allowedCountries: ['US'], allowedPrefixes: ['+1861'] }
   * ```
   */
  allowedPrefixes?: readonly string[] | undefined;
  /** Beginnings of numbers that may not, written in the same way. Default `[]`. */
  deniedPrefixes?: readonly string[] | undefined;
}

const NAMES = optionNames<NumberOptions>({
  allowedCountries: true,
  deniedCountries: true,
  deniedTypes: true,
  allowNonGeographic: true,
  validation: true,
  allowedPrefixes: true,
  deniedPrefixes: true,
});

/** No calling code begins with 0. */
const PREFIX = /^\+[1-9]\d{0,14}$/;

const DENIED_TYPES: readonly PhoneNumberType[] = Object.freeze([
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'UAN',
  'PAGER',
  'VOICEMAIL',
  'FIXED_LINE',
  'PERSONAL_NUMBER',
]);

/** Reads {@link NumberOptions}. */
export function readNumberPolicy(options: OptionReader): NumberPolicy {
  const reader = options.nested('numbers', NAMES);
  const allowedPrefixes = readPrefixes(reader, 'allowedPrefixes');
  const deniedPrefixes = readPrefixes(reader, 'deniedPrefixes');
  for (const prefix of deniedPrefixes.filter((denied) => allowedPrefixes.includes(denied))) {
    reader.fault('deniedPrefixes', `"${prefix}" is in allowedPrefixes too; remove it from one of the two`);
  }
  return Object.freeze({
    allowedCountries: readAllowedCountries(reader),
    deniedCountries: readCountries(reader, 'deniedCountries'),
    deniedTypes: readTypes(reader),
    allowNonGeographic: reader.boolean('allowNonGeographic', false),
    validation: readValidation(reader),
    allowedPrefixes,
    deniedPrefixes,
  });
}

/** An empty list, such as one from an empty environment variable, would stop every message. */
function readAllowedCountries(reader: OptionReader): readonly CountryCode[] | undefined {
  const given = reader.value('allowedCountries');
  if (given === undefined) return undefined;
  if (Array.isArray(given) && given.length === 0) {
    reader.fault('allowedCountries', 'must name a country, or be left out to allow every one');
  }
  return readCountries(reader, 'allowedCountries');
}

function readCountries(reader: OptionReader, name: string): readonly CountryCode[] {
  const texts = reader.texts(name);
  for (const text of texts.filter((country) => !isCountry(country))) {
    reader.fault(name, `"${text}" is not a country as ISO 3166-1 alpha-2 in capitals, such as "GB"`);
  }
  return Object.freeze(texts.filter(isCountry));
}

function readPrefixes(reader: OptionReader, name: string): readonly string[] {
  const texts = reader.texts(name);
  for (const text of texts.filter((prefix) => !PREFIX.test(prefix))) {
    reader.fault(name, `"${text}" is not a prefix in E.164: a plus and 1 to 15 digits, such as "+1861"`);
  }
  return texts;
}

function readTypes(reader: OptionReader): readonly PhoneNumberType[] {
  if (reader.value('deniedTypes') === undefined) return DENIED_TYPES;
  const texts = reader.texts('deniedTypes');
  for (const text of texts.filter((type) => !isType(type))) {
    reader.fault('deniedTypes', `"${text}" is not a type of number; the types are ${PHONE_NUMBER_TYPES.join(', ')}`);
  }
  return Object.freeze(texts.filter(isType));
}

function isType(text: string): text is PhoneNumberType {
  return PHONE_NUMBER_TYPES.some((type) => type === text);
}

function readValidation(reader: OptionReader): NumberValidation {
  const given = reader.value('validation');
  if (given === 'valid' || given === 'possible') return given;
  if (given !== undefined) reader.fault('validation', 'must be "valid" or "possible"');
  return 'valid';
}
