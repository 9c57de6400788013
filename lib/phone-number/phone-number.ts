import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber as ParsedNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import type { NumberValidation, PhoneNumberType } from './number-policy.js';

/** A phone number that can exist. */
export interface PhoneNumber {
  /** E.164, the one form that is stored, compared and sent to. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2; `undefined` for numbers of no country, such as `+800`, and of none that is known. */
  readonly country: string | undefined;
  /** What the metadata say that it is used for; `undefined` where they do not know its range. */
  readonly type: PhoneNumberType | undefined;
  /** The country, or each one that it can be of where that is not certain; empty for numbers of no country. */
  readonly possibleCountries: readonly CountryCode[];
}

/** Longest text that is read as a number. The longest E.164 number has 16 characters; the rest is punctuation. */
export const MAX_PHONE_NUMBER_LENGTH = 32;

/** Marks that a copied number may carry along unseen, such as the direction marks that contact lists put around it. */
const INVISIBLE = /\p{Cf}/gu;

/** Their mobile ranges lie within those of the United Kingdom, and numbers are carried from one to the other. */
export const WITHIN_GB: ReadonlySet<string> = new Set(['GG', 'JE', 'IM']);

/** Digits of any script and the punctuation of numbers: no letter, no second number, no extension, no URI parameter. */
const PHONE_NUMBER = /^[\s\p{Nd}()+\-‐-―−.·/]+$/u;

/** Whether a text is a country that the phone number metadata knows, written as ISO 3166-1 alpha-2 in capitals. */
export function isCountry(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

/** Country of a number in E.164, ISO 3166-1 alpha-2; `undefined` for numbers of no country. */
export function countryOf(e164: string): string | undefined {
  return parsePhoneNumberFromString(e164)?.country;
}

/** A number without its last four digits: operators give out, and fraudsters use, such a range as a whole. */
export function prefixOf({ e164 }: PhoneNumber): string {
  return e164.slice(0, -4);
}

/**
 * Reads a phone number in any usual spelling.
 *
 * @param text - As the person wrote it.
 * @param defaultCountry - Country of a number that is written without `+`; without it such a number is invalid.
 * @param validation - `possible` takes a number of a range that the metadata do not know as well.
 * @throws {@link PhoneNumberInvalidError} if the text is anything but one valid number.
 */
export function parsePhoneNumber(
  text: unknown,
  defaultCountry?: CountryCode,
  validation: NumberValidation = 'valid',
): PhoneNumber {
  if (typeof text !== 'string' || text.length > MAX_PHONE_NUMBER_LENGTH) throw new PhoneNumberInvalidError();
  // NFKC brings the full-width forms of East Asian keyboards to the plain ones.
  const visible = text.normalize('NFKC').replace(INVISIBLE, '').trim();
  if (!PHONE_NUMBER.test(visible)) throw new PhoneNumberInvalidError();
  const number = parsePhoneNumberFromString(visible, { extract: false, ...(defaultCountry && { defaultCountry }) });
  if (number === undefined || number.ext !== undefined || !canExist(number, validation)) {
    throw new PhoneNumberInvalidError();
  }
  return describe(number.country === 'AR' ? argentineMobile(number) : number);
}

function describe(number: ParsedNumber): PhoneNumber {
  const { country, number: e164 } = number;
  const possibleCountries = country === undefined ? number.getPossibleCountries() : [country];
  return { e164, country, type: number.getType(), possibleCountries };
}

/** Numbers of no country have no ranges that are newer than the metadata: there a right length is not enough. */
function canExist(number: ParsedNumber, validation: NumberValidation): boolean {
  if (number.isValid()) return true;
  return validation === 'possible' && number.isPossible() && number.getPossibleCountries().length > 0;
}

/**
 * An Argentine mobile is written with a 9 after the country code (`+54 9 11 …`) or without (`+54 11 …`), and both reach
 * the same SIM; no land line shares its digits with a mobile. Messages go to the form with the 9, as do those to a
 * number of an unknown range, so that it too is one.
 */
function argentineMobile(number: ParsedNumber): ParsedNumber {
  const mobile = parsePhoneNumberFromString(number.number.replace(/^\+54(?!9)/, '+549'));
  const isLandLine = !mobile?.isValid() && number.isValid();
  return mobile?.isPossible() && !isLandLine ? mobile : number;
}
