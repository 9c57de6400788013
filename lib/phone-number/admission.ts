import type { CountryCode } from 'libphonenumber-js/max';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import { admitsUncertain, locate, type NumberPolicy, requireAllowed } from './number-policy.js';
import { parsePhoneNumber, type PhoneNumber } from './phone-number.js';
import { testCodeOf, type TestNumbers } from './test-numbers.js';

/** The options that decide about a number. */
export interface NumberSettings {
  readonly defaultCountry: CountryCode | undefined;
  readonly numbers: NumberPolicy;
  readonly testNumbers: TestNumbers | undefined;
}

/** A number and what the options decide about it at one instant. A request decides this once. */
export interface IdentifiedNumber {
  readonly number: PhoneNumber;
  /** The fixed code of a test number; `undefined` for an ordinary number. */
  readonly testCode: string | undefined;
}

/**
 * Reads a number by the options: the default country, and how strictly numbers are validated.
 *
 * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
 */
export function readNumber(text: unknown, settings: NumberSettings): PhoneNumber {
  const number = readAnyNumber(text, settings);
  requireUsable(number, settings);
  return number;
}

/**
 * Reads a number that may be stored, although its range no longer exists or the options are stricter now. Never send
 * anything to it.
 *
 * @throws {@link PhoneNumberInvalidError} if the text does not have the form of a phone number.
 */
export function readAnyNumber(text: unknown, { defaultCountry, numbers }: NumberSettings): PhoneNumber {
  const number = parsePhoneNumber(text, defaultCountry);
  return number.certainty === 'valid' ? number : locate(number, numbers);
}

/**
 * Reads a number and decides whether it is a test number. The metadata need not know a test number.
 *
 * @param now - Epoch milliseconds; decides whether the test numbers have expired.
 * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
 */
export function identifyNumber(text: unknown, settings: NumberSettings, now: number): IdentifiedNumber {
  const number = readAnyNumber(text, settings);
  const { testNumbers } = settings;
  const testCode = testNumbers && testCodeOf(number.e164, testNumbers, now);
  if (testCode === undefined) requireUsable(number, settings);
  return { number, testCode };
}

/**
 * Reads a number that may be sent a code. A test number always may: it is sent nothing.
 *
 * @param now - Epoch milliseconds; decides whether the test numbers have expired.
 * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
 * @throws {@link PhoneNumberNotAllowedError} if the options forbid it.
 */
export function admitNumber(text: unknown, settings: NumberSettings, now: number): IdentifiedNumber {
  const identified = identifyNumber(text, settings, now);
  if (identified.testCode === undefined) requireAllowed(identified.number, settings.numbers);
  return identified;
}

function requireUsable(number: PhoneNumber, { numbers }: NumberSettings): void {
  if (number.certainty !== 'valid' && !admitsUncertain(number, numbers)) throw new PhoneNumberInvalidError();
}
