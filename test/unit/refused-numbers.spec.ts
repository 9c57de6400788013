import { describe, expect, it } from 'vitest';
import { PhoneNumberInvalidError, PhoneNumberNotAllowedError } from '../../lib/index.js';
import { admitNumber } from '../../lib/phone-number/admission.js';
import { numberSettings } from '../support/numbers.js';

/** Texts that are not the number of a phone. The country is that of numbers without `+`. */
const INVALID = [
  ['911', 'US', 'an emergency number'],
  ['112', 'DE', 'an emergency number'],
  ['999', 'GB', 'an emergency number'],
  ['12345', 'US', 'a short code, which only receives messages'],
  ['62262', 'US', 'a short code, which only receives messages'],
  ['555-2671', 'US', 'without its area code'],
  ['2345-6789', 'AR', 'without its area code'],
  ['98765-4321', 'BR', 'without its area code'],
  ['15 2345 6789', 'AR', 'the mobile prefix in the place of the area code'],
  ['11 15 234 5678', 'AR', 'a digit short behind its mobile prefix'],
  ['4155552671', undefined, 'without + and without a country'],
  ['00 1 415 555 2671', undefined, 'with an international prefix that depends on the country'],
  ['+1 415 555 267', undefined, 'a digit short'],
  ['+1 415 555 26711', undefined, 'a digit long'],
  ['+44 7400 12345', undefined, 'a digit short'],
  ['+86 131 2345 678', undefined, 'a digit short'],
  ['+91 98765 432100', undefined, 'a digit long'],
  ['+1 015 555 2671', undefined, 'an area code that begins with 0'],
  ['+1 415 155 2671', undefined, 'an exchange that begins with 1'],
  ['+1 861 555 2671', undefined, 'an area code that is not in use'],
  ['+1 555 555 0123', undefined, 'a range reserved for fiction'],
  ['+44 7700 900123', undefined, 'a range reserved for fiction'],
  ['+353 20 123 4567', undefined, 'a range reserved for fiction'],
  ['+229 97 12 34 56', undefined, 'the eight digits that Benin had until 2024'],
  ['+225 07 12 34 56', undefined, 'the eight digits that Ivory Coast had until 2021'],
  ['+84 168 123 4567', undefined, 'the eleven digits that Vietnam had until 2018'],
  ['+56 8765 4321', undefined, 'the eight digits that Chile had until 2016'],
  ['+33 0 99 12 34 56 78', undefined, 'a digit long behind its trunk prefix'],
  ['+999 123 456 789', undefined, 'a calling code that nobody has'],
  ['+7 012 345 67 89', undefined, 'an area code that nobody has'],
  ['+1 415 555 2671 ext. 5', undefined, 'an extension, which no message reaches'],
  ['+1-800-FLOWERS', undefined, 'letters'],
  ['+1 415 555 2671 / +1 415 555 2672', undefined, 'two numbers'],
  ['1234567890123456', 'US', 'the digits of a card'],
  ['2026-11-26', 'US', 'a date'],
  ['192.168.100.100', 'US', 'an address of a computer'],
] as const;

/** Numbers that the defaults of `numbers` refuse. */
const FORBIDDEN = [
  ['0906 701 1234', 'GB', 'premium rate'],
  ['1-900-555-1234', 'US', 'premium rate'],
  ['0810 12 34 56', 'FR', 'shared cost'],
  ['1-800-356-9377', 'US', 'toll-free'],
  ['0800 111 1111', 'GB', 'toll-free'],
  ['020 7946 0958', 'GB', 'a land line'],
  ['+55 11 3765-4321', undefined, 'a land line'],
  ['0333 123 4567', 'GB', 'a number for the whole country'],
  ['070 1234 5678', 'GB', 'a personal number that diverts calls at the cost of the caller'],
  ['07640 123456', 'GB', 'a pager'],
  ['+41 86 079 123 45 67', undefined, 'a voice mailbox'],
  ['+870 773 111 632', undefined, 'a satellite network'],
  ['+881 6 1234 5678', undefined, 'a satellite network'],
  ['+883 5100 0000 0000', undefined, 'an international network'],
  ['+979 123 456 789', undefined, 'international premium rate'],
] as const;

describe('a number is refused', () => {
  it.each(INVALID)('as invalid: %s in %s is %s', (text, defaultCountry) => {
    expect(() => admitNumber(text, numberSettings({ defaultCountry }), 0)).toThrow(PhoneNumberInvalidError);
  });

  it.each(FORBIDDEN)('as not allowed: %s in %s is %s', (text, defaultCountry) => {
    expect(() => admitNumber(text, numberSettings({ defaultCountry }), 0)).toThrow(PhoneNumberNotAllowedError);
  });
});
