import type { CountryCode } from 'libphonenumber-js/max';
import { PhoneNumberNotAllowedError } from '../phone-verify.errors.js';
import { type PhoneNumber, WITHIN_GB } from './phone-number.js';

/**
 * What a number is used for, by the phone number metadata. Where a country does not distinguish land lines from
 * mobiles, as the United States, its numbers are `FIXED_LINE_OR_MOBILE`, which is not `FIXED_LINE`.
 *
 * @publicApi
 */
export type PhoneNumberType = (typeof PHONE_NUMBER_TYPES)[number];

/**
 * How strictly numbers are validated: `valid` numbers are in a range that the metadata know, `possible` ones have a
 * right length.
 *
 * @publicApi
 */
export type NumberValidation = 'valid' | 'possible';

/**
 * Which numbers may be sent a code.
 *
 * @publicApi
 */
export interface NumberPolicy {
  /** The only countries that may; every one when there is no list. */
  readonly allowedCountries: readonly CountryCode[] | undefined;
  /** Countries that may not. */
  readonly deniedCountries: readonly CountryCode[];
  /** Types of number that may not. */
  readonly deniedTypes: readonly PhoneNumberType[];
  /** Whether numbers of no country are allowed. The lists of countries do not apply to them. */
  readonly allowNonGeographic: boolean;
  /** How much must be known of a number. */
  readonly validation: NumberValidation;
  /** Prefixes in E.164 of numbers that are allowed, whatever the metadata contain. */
  readonly allowedPrefixes: readonly string[];
  /** Beginnings in E.164 of numbers that may not. The longest prefix of both lists decides, before everything else. */
  readonly deniedPrefixes: readonly string[];
}

/** Every type in the metadata. */
export const PHONE_NUMBER_TYPES = [
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'FIXED_LINE',
  'VOIP',
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'UAN',
  'PAGER',
  'VOICEMAIL',
  'PERSONAL_NUMBER',
] as const;

/**
 * The number with its country, where that is certain only by the options: of the countries that share its calling code,
 * `allowedCountries` names one, and an allowed prefix admits it.
 */
export function locate(number: PhoneNumber, policy: NumberPolicy): PhoneNumber {
  if (number.country !== undefined || verdictOfPrefix(number, policy) !== 'allowed') return number;
  const [country, ...others] = number.possibleCountries.filter((each) => policy.allowedCountries?.includes(each));
  return country === undefined || others.length > 0 ? number : { ...number, country };
}

/** Whether a number that the metadata do not call valid can be used: `validation` or an allowed prefix admits it. */
export function admitsUncertain(number: PhoneNumber, policy: NumberPolicy): boolean {
  return number.certainty === policy.validation || verdictOfPrefix(number, policy) === 'allowed';
}

/** @throws {@link PhoneNumberNotAllowedError} if a number may not be sent a code. */
export function requireAllowed(number: PhoneNumber, policy: NumberPolicy): void {
  if (!isAllowed(number, policy)) throw new PhoneNumberNotAllowedError();
}

function isAllowed(number: PhoneNumber, policy: NumberPolicy): boolean {
  const { type, possibleCountries } = number;
  const verdict = verdictOfPrefix(number, policy);
  if (verdict !== undefined) return verdict === 'allowed';
  if (type !== undefined && policy.deniedTypes.includes(type)) return false;
  return possibleCountries.length === 0 ? policy.allowNonGeographic : passLists(possibleCountries, policy);
}

/** The decision of the longest matching prefix of both lists. No prefix is in both. */
function verdictOfPrefix(
  { e164 }: PhoneNumber,
  { allowedPrefixes, deniedPrefixes }: NumberPolicy,
): 'allowed' | 'denied' | undefined {
  const allowed = longestPrefix(e164, allowedPrefixes);
  const denied = longestPrefix(e164, deniedPrefixes);
  if (allowed === denied) return undefined;
  return allowed > denied ? 'allowed' : 'denied';
}

function longestPrefix(e164: string, prefixes: readonly string[]): number {
  let longest = 0;
  for (const prefix of prefixes) {
    if (prefix.length > longest && e164.startsWith(prefix)) longest = prefix.length;
  }
  return longest;
}

/** Where the country is not certain, every country that the number can be of must pass. */
function passLists(
  countries: readonly CountryCode[],
  { allowedCountries, deniedCountries }: Pick<NumberPolicy, 'allowedCountries' | 'deniedCountries'>,
): boolean {
  return countries.every(
    (country) =>
      (allowedCountries === undefined || includes(allowedCountries, country)) && !includes(deniedCountries, country),
  );
}

function includes(list: readonly CountryCode[], country: CountryCode): boolean {
  return list.includes(country) || (list.includes('GB') && WITHIN_GB.has(country));
}
