import { describe, expect, it } from 'vitest';
import { type NumberOptions, PhoneNumberNotAllowedError } from '../../lib/index.js';
import { OptionReader } from '../../lib/common/option-reader.js';
import { readNumberPolicy } from '../../lib/phone-number/number-policy.options.js';
import { PHONE_NUMBER_TYPES, requireAllowed } from '../../lib/phone-number/number-policy.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';
import {
  BRITISH_MOBILES,
  FORBIDDEN_NUMBERS,
  NON_GEOGRAPHIC_NUMBERS,
  NORTH_AMERICAN_NUMBERS,
  NUMBERS_OF_TYPES,
} from '../support/numbers.js';

function read(numbers: unknown): { policy: ReturnType<typeof readNumberPolicy>; faults: string[] } {
  const faults: string[] = [];
  return { policy: readNumberPolicy(new OptionReader({ numbers }, faults)), faults };
}

function isAllowed(number: string, numbers: NumberOptions): boolean {
  try {
    requireAllowed(parsePhoneNumber(number), read(numbers).policy);
    return true;
  } catch (error) {
    if (error instanceof PhoneNumberNotAllowedError) return false;
    throw error;
  }
}

/** Keys of the numbers that are allowed. */
function allowedOf(byName: Readonly<Record<string, string>>, numbers: NumberOptions): string[] {
  return Object.entries(byName).flatMap(([name, number]) => (isAllowed(number, numbers) ? [name] : []));
}

describe('the policy for countries', () => {
  it('allows all countries by default', () => {
    expect(allowedOf(BRITISH_MOBILES, {})).toEqual(['GB', 'GG', 'JE', 'IM']);
    expect(allowedOf(NORTH_AMERICAN_NUMBERS, {})).toEqual(['US', 'CA', 'JM', 'PR', 'BS']);
  });

  it.each([
    [['GB'], ['GB', 'GG', 'JE', 'IM']],
    [['GG'], ['GG']],
    [
      ['JE', 'IM'],
      ['JE', 'IM'],
    ],
    [['US'], []],
  ])('with allowedCountries %j allows %j of the countries that share +44', (allowedCountries, allowed) => {
    expect(allowedOf(BRITISH_MOBILES, { allowedCountries })).toEqual(allowed);
  });

  it.each([
    [['GB'], []],
    [['GG'], ['GB', 'JE', 'IM']],
    [['US'], ['GB', 'GG', 'JE', 'IM']],
  ])('with deniedCountries %j allows %j of the countries that share +44', (deniedCountries, allowed) => {
    expect(allowedOf(BRITISH_MOBILES, { deniedCountries })).toEqual(allowed);
  });

  it.each(Object.keys(NORTH_AMERICAN_NUMBERS))('distinguishes the countries that share +1: %s', (country) => {
    const others = Object.keys(NORTH_AMERICAN_NUMBERS).filter((other) => other !== country);

    expect(allowedOf(NORTH_AMERICAN_NUMBERS, { allowedCountries: [country] })).toEqual([country]);
    expect(allowedOf(NORTH_AMERICAN_NUMBERS, { deniedCountries: [country] })).toEqual(others);
  });

  it('denies a country that is both allowed and denied', () => {
    expect(allowedOf(BRITISH_MOBILES, { allowedCountries: ['GB'], deniedCountries: ['JE'] })).toEqual([
      'GB',
      'GG',
      'IM',
    ]);
  });

  it('refuses a number that could belong to a country that is not allowed', () => {
    const possible: NumberOptions = { validation: 'possible' };
    const ofOneOfFour = '+447700900123';
    const ofAnyOfPlusOne = '+12001234567';

    expect(isAllowed(ofOneOfFour, possible)).toBe(true);
    expect(isAllowed(ofOneOfFour, { ...possible, allowedCountries: ['GB'] })).toBe(true);
    expect(isAllowed(ofOneOfFour, { ...possible, allowedCountries: ['GG', 'JE'] })).toBe(false);
    expect(isAllowed(ofOneOfFour, { ...possible, deniedCountries: ['IM'] })).toBe(false);
    expect(isAllowed(ofAnyOfPlusOne, { ...possible, allowedCountries: ['US', 'CA'] })).toBe(false);
    expect(isAllowed(ofAnyOfPlusOne, { ...possible, deniedCountries: ['JM'] })).toBe(false);
    expect(isAllowed(ofAnyOfPlusOne, { ...possible, deniedCountries: ['FR'] })).toBe(true);
  });
});

describe('a number without a country', () => {
  /** A number of every calling code without a country in the metadata. */
  const OF_EVERY_CODE = [
    ...NON_GEOGRAPHIC_NUMBERS,
    '+80012345678',
    '+80812345678',
    '+88812345678901',
    '+979123456789',
  ] as const;
  const allowNonGeographic = true;

  it.each(OF_EVERY_CODE)('is refused by default, whatever its type: %s', (number) => {
    expect(isAllowed(number, {})).toBe(false);
    expect(isAllowed(number, { deniedTypes: [] })).toBe(false);
    expect(isAllowed(number, { deniedTypes: [], validation: 'possible' })).toBe(false);
  });

  it.each(NON_GEOGRAPHIC_NUMBERS)(
    'is allowed only by allowNonGeographic, whatever the lists of countries contain: %s',
    (number) => {
      for (const lists of [{}, { allowedCountries: ['US'] }, { deniedCountries: ['US'] }]) {
        expect(isAllowed(number, { ...lists, allowNonGeographic })).toBe(true);
        expect(isAllowed(number, { ...lists, allowNonGeographic: false })).toBe(false);
      }
    },
  );

  it.each([
    ['+80012345678', 'TOLL_FREE'],
    ['+80812345678', 'SHARED_COST'],
    ['+88812345678901', 'UAN'],
    ['+979123456789', 'PREMIUM_RATE'],
  ] as const)('can still be refused because of its type: %s is %s', (number, type) => {
    expect(isAllowed(number, { allowNonGeographic })).toBe(false);
    expect(isAllowed(number, { allowNonGeographic, deniedTypes: [type] })).toBe(false);
    expect(isAllowed(number, { allowNonGeographic, deniedTypes: [] })).toBe(true);
  });

  it('is not a number whose country is ambiguous', () => {
    const ofOneOfFour = '+447700900123';

    expect(isAllowed(ofOneOfFour, { validation: 'possible' })).toBe(true);
    expect(isAllowed(ofOneOfFour, { validation: 'possible', allowNonGeographic, allowedCountries: ['US'] })).toBe(
      false,
    );
    expect(isAllowed(ofOneOfFour, { validation: 'possible', allowNonGeographic, deniedCountries: ['IM'] })).toBe(false);
  });
});

describe('the policy for types', () => {
  it('refuses by default the types that cost more or cannot receive a message', () => {
    expect(allowedOf(NUMBERS_OF_TYPES, {})).toEqual(['MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP']);
    for (const number of FORBIDDEN_NUMBERS) expect(isAllowed(number, {})).toBe(false);
  });

  it.each(PHONE_NUMBER_TYPES)('refuses only the type that is named: %s', (type) => {
    const others = Object.keys(NUMBERS_OF_TYPES).filter((other) => other !== type);

    expect(allowedOf(NUMBERS_OF_TYPES, { deniedTypes: [type] })).toEqual(others);
  });

  it('refuses no type if the list is empty', () => {
    expect(allowedOf(NUMBERS_OF_TYPES, { deniedTypes: [] })).toEqual(Object.keys(NUMBERS_OF_TYPES));
  });
});

describe('the options of numbers', () => {
  it.each([
    {},
    undefined,
    { allowedCountries: undefined, deniedTypes: undefined, validation: undefined },
    { allowedCountries: ['GB'], deniedCountries: [], deniedTypes: [], validation: 'possible' },
    { allowNonGeographic: true },
    { allowNonGeographic: undefined },
  ])('can be %j', (numbers) => {
    expect(read(numbers).faults).toEqual([]);
  });

  it.each([
    ['GB', /^numbers: must be an object/],
    [{ allowed: ['GB'] }, /^numbers\.allowed: is not an option/],
    [{ allowedCountries: [] }, /^numbers\.allowedCountries: must name a country/],
    [{ allowedCountries: 'GB' }, /^numbers\.allowedCountries: must be a list of strings/],
    [{ allowedCountries: null }, /^numbers\.allowedCountries: must be a list of strings/],
    [{ allowedCountries: ['GB', 'gb'] }, /^numbers\.allowedCountries: "gb" is not a country/],
    [{ allowedCountries: ['constructor'] }, /^numbers\.allowedCountries: "constructor" is not a country/],
    [{ allowedCountries: ['001'] }, /^numbers\.allowedCountries: "001" is not a country/],
    [{ deniedCountries: ['XX'] }, /^numbers\.deniedCountries: "XX" is not a country/],
    [{ deniedCountries: [7] }, /^numbers\.deniedCountries: must be a list of strings/],
    [{ deniedTypes: ['premium_rate'] }, /^numbers\.deniedTypes: "premium_rate" is not a type of number/],
    [{ deniedTypes: {} }, /^numbers\.deniedTypes: must be a list of strings/],
    [{ allowNonGeographic: 'true' }, /^numbers\.allowNonGeographic: must be true or false/],
    [{ allowNonGeographic: null }, /^numbers\.allowNonGeographic: must be true or false/],
    [{ allowedPrefixes: '+1861' }, /^numbers\.allowedPrefixes: must be a list of strings/],
    [{ deniedPrefixes: [1861] }, /^numbers\.deniedPrefixes: must be a list of strings/],
    [{ validation: 'strict' }, /^numbers\.validation: must be "valid" or "possible"/],
    [{ validation: true }, /^numbers\.validation: must be "valid" or "possible"/],
  ])('cannot be %j', (numbers, fault) => {
    expect(read(numbers).faults).toEqual([expect.stringMatching(fault)]);
  });
});
