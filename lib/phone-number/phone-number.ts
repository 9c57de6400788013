import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber as ParsedNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import { DIGIT_OF_ANOTHER_SCRIPT, toAsciiDigit } from './digits.js';
import { NATIONAL_FORMS } from './national-forms.js';
import type { PhoneNumberType } from './number-policy.js';

/** A phone number as E.164 defines it, whether or not the metadata contain it. */
export interface PhoneNumber {
  /** E.164, the one form that is stored, compared and sent to. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2; `undefined` for numbers of no country, such as `+800`, and of none that is known. */
  readonly country: string | undefined;
  /** What it is used for; `undefined` if the metadata do not contain its range. */
  readonly type: PhoneNumberType | undefined;
  /** The country, or each one that it can be of where that is not certain; empty for numbers of no country. */
  readonly possibleCountries: readonly CountryCode[];
  /** What the metadata contain: `valid`, its range; `possible`, its country and length; `unknown`, neither. */
  readonly certainty: 'valid' | 'possible' | 'unknown';
}

/** Longest text that is read as a number. The longest E.164 number has 16 characters; the rest is punctuation. */
export const MAX_PHONE_NUMBER_LENGTH = 32;

/** A plus and 15 digits. The metadata contain longer ones, which cannot be called from abroad. */
const MAX_E164_LENGTH = 16;

/** A plus and 7 digits: no mobile in use is shorter. */
const MIN_UNKNOWN_LENGTH = 8;

/** Most numbers. The other forms cost a third of the whole parsing to convert. */
const ONLY_ASCII = /^[ -~]*$/;

/** Marks that a copied number may carry along unseen, such as the direction marks that contact lists put around it. */
const INVISIBLE = /\p{Cf}/gu;

/** Their mobile ranges lie within those of the United Kingdom, and numbers are carried from one to the other. */
export const WITHIN_GB: ReadonlySet<string> = new Set(['GG', 'JE', 'IM']);

/** Digits and the punctuation of numbers: no letter, no second number, no extension, no URI parameter. */
const PHONE_NUMBER = /^[\s\d()+\-‐-―−ー.·/]+$/;

/** Whether a text is a country that the phone number metadata knows, written as ISO 3166-1 alpha-2 in capitals. */
export function isCountry(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/** Country of a number in E.164, ISO 3166-1 alpha-2; `undefined` for numbers of no country. */
export function countryOf(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.country;
}

/** A number without its last four digits: a range that operators assign, and fraudsters use, as a whole. */
export function prefixOf({ e164 }: PhoneNumber): string {
  return e164.slice(0, -4);
}

/**
 * Reads a phone number in any usual spelling and in the digits of any script. Whether so much is known of it that it
 * can be used is for the caller to decide, by its `certainty`.
 *
 * @param text - As the person wrote it.
 * @param defaultCountry - Country of a number that is written without `+`; without it such a number is invalid.
 * @throws {@link PhoneNumberInvalidError} if the text is anything but one number of E.164's length.
 */
export function parsePhoneNumber(text: unknown, defaultCountry?: CountryCode): PhoneNumber {
  const visible = readVisible(text);
  const parsed = parsePhoneNumberFromString(
    visible,
    defaultCountry === undefined ? { extract: false } : { extract: false, defaultCountry },
  );
  if (parsed?.ext !== undefined) throw new PhoneNumberInvalidError();
  const number = parsed === undefined ? ofUnknownCallingCode(visible) : describe(parsed);
  if (number.e164.length > MAX_E164_LENGTH) throw new PhoneNumberInvalidError();
  if (number.certainty === 'unknown' && !canBeOneNumber(visible, number)) throw new PhoneNumberInvalidError();
  return number;
}

function readVisible(text: unknown): string {
  if (typeof text !== 'string' || text.length > MAX_PHONE_NUMBER_LENGTH) throw new PhoneNumberInvalidError();
  const visible = (ONLY_ASCII.test(text) ? text : toPlainForms(text)).trim();
  if (!PHONE_NUMBER.test(visible)) throw new PhoneNumberInvalidError();
  return visible;
}

function toPlainForms(text: string): string {
  // NFKC brings the full-width forms of East Asian keyboards to the plain ones.
  return text.normalize('NFKC').replace(INVISIBLE, '').replace(DIGIT_OF_ANOTHER_SCRIPT, toAsciiDigit);
}

/** Nothing is known of its length, so a slash may separate two numbers. */
function canBeOneNumber(visible: string, { e164 }: PhoneNumber): boolean {
  return e164.length >= MIN_UNKNOWN_LENGTH && !visible.includes('/');
}

/** The parser reads no number of a calling code that it does not know. Any other text that it cannot read is none. */
function ofUnknownCallingCode(visible: string): PhoneNumber {
  if (!/^\+[^+]+$/.test(visible)) throw new PhoneNumberInvalidError();
  const e164 = `+${visible.replace(/\D/g, '')}`;
  return { e164, country: undefined, type: undefined, possibleCountries: [], certainty: 'unknown' };
}

function describe(parsed: ParsedNumber): PhoneNumber {
  const toNationalForm = NATIONAL_FORMS.get(parsed.country);
  const canonical = toNationalForm === undefined ? parsed : toNationalForm(parsed);
  // Not even a prefix that the options allow makes it one number.
  if (canonical === undefined) throw new PhoneNumberInvalidError();
  const { country, number: e164 } = canonical;
  const possibleCountries = country === undefined ? canonical.getPossibleCountries() : [country];
  const type = canonical.getType();
  // Only a valid number has a type. To ask for both would match every pattern twice.
  const certainty = type === undefined ? certaintyOf(canonical) : 'valid';
  return { e164, country, type, possibleCountries, certainty };
}

function certaintyOf(number: ParsedNumber): PhoneNumber['certainty'] {
  if (number.isValid()) return 'valid';
  // Numbers of no country have no ranges that are newer than the metadata: there a right length is not enough.
  return number.isPossible() && number.getPossibleCountries().length > 0 ? 'possible' : 'unknown';
}
