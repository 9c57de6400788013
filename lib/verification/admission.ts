import { requireAllowed } from '../phone-number/number-policy.js';
import { parsePhoneNumber, type PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { Clock } from '../common/clock.js';
import { testCodeOf } from './test-numbers.js';

/**
 * Reads a number as the options say: its default country and how strictly it is validated.
 *
 * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
 */
export function readNumber(text: unknown, { defaultCountry, numbers }: ResolvedPhoneVerifyOptions): PhoneNumber {
  return parsePhoneNumber(text, defaultCountry, numbers.validation);
}

/**
 * Lets a number through that may be sent a code. A test number always may: it is sent nothing.
 *
 * @throws {@link PhoneNumberNotAllowedError} if the options forbid it.
 */
export function admit(number: PhoneNumber, options: ResolvedPhoneVerifyOptions, clock: Clock): PhoneNumber {
  const isTest = testCodeOf(number.e164, options.testNumbers, clock.now()) !== undefined;
  if (!isTest) requireAllowed(number.e164, options.numbers);
  return number;
}
