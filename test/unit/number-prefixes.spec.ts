import { describe, expect, it } from 'vitest';
import { type NumberOptions, PhoneNumberInvalidError, PhoneNumberNotAllowedError } from '../../lib/index.js';
import { admitNumber, identifyNumber, readNumber } from '../../lib/phone-number/admission.js';
import type { PhoneNumber } from '../../lib/phone-number/phone-number.js';
import { faultsOf } from '../support/configuration-faults.js';
import { NON_GEOGRAPHIC_NUMBERS, numberSettings, NUMBERS_OF_TYPES } from '../support/numbers.js';

/** Of an area code of +1 that is not in use. */
const NEW_RANGE = '+18615551234';

function admit(number: string, numbers: NumberOptions, defaultCountry?: string): PhoneNumber {
  return admitNumber(number, numberSettings({ defaultCountry, numbers }), 0).number;
}

describe('an allowed prefix', () => {
  const numbers: NumberOptions = { allowedCountries: ['US'], allowedPrefixes: ['+1861'] };

  it('admits a range that the metadata do not know', () => {
    expect(() => admit(NEW_RANGE, { allowedCountries: ['US'] })).toThrow(PhoneNumberInvalidError);
    expect(admit(NEW_RANGE, numbers).e164).toBe(NEW_RANGE);
  });

  it.each(['+1 (861) 555-1234', '+1 1 861 555 1234', '861 555 1234', '1-861-555-1234', '٨٦١ ٥٥٥ ١٢٣٤'])(
    'admits it in every spelling as one number: %s',
    (spelling) => {
      expect(admit(spelling, numbers, 'US').e164).toBe(NEW_RANGE);
    },
  );

  it('admits no Argentine number whose 15 cannot be resolved, which would be a second form of one number', () => {
    const argentine: NumberOptions = { allowedPrefixes: ['+54911'] };

    expect(admit('+54 11 15 5555 1234', argentine).e164).toBe('+5491155551234');
    expect(() => admit('+54 9 11 15 5555 1234', argentine)).toThrow(PhoneNumberInvalidError);
  });

  it('lets the number be checked and be sent a notice as well', () => {
    const settings = numberSettings({ numbers });

    expect(identifyNumber(NEW_RANGE, settings, 0).number.e164).toBe(NEW_RANGE);
    expect(readNumber(NEW_RANGE, settings).e164).toBe(NEW_RANGE);
  });

  it('admits nothing beside its range', () => {
    for (const other of ['+18715551234', '+1861', '+1861555123412345', '+1861555123x', '+1861555/1861556']) {
      expect(() => admit(other, numbers)).toThrow(PhoneNumberInvalidError);
    }
    expect(() => admit('+447400123456', numbers)).toThrow(PhoneNumberNotAllowedError);
  });

  it.each(Object.entries(NUMBERS_OF_TYPES))('admits every type: %s', (_type, number) => {
    expect(admit(number, { allowedCountries: ['DE'], allowedPrefixes: [number.slice(0, -4)] }).e164).toBe(number);
  });

  it.each(NON_GEOGRAPHIC_NUMBERS)('admits a number of no country: %s', (number) => {
    expect(admit(number, { allowedPrefixes: [number.slice(0, 5)] }).e164).toBe(number);
  });

  it.each([
    ['of a denied country', '+14155552671', { deniedCountries: ['US'], allowedPrefixes: ['+1415'] }],
    ['of a length that the metadata do not know', '+22901971234561', { allowedPrefixes: ['+22901'] }],
    ['of a calling code that the metadata do not know', '+999 123 456 789', { allowedPrefixes: ['+999'] }],
  ])('admits a number %s', (_name, number, options) => {
    expect(admit(number, options).e164).toBe(number.replaceAll(' ', ''));
  });

  it('admits the one form of a number, and no second one', () => {
    const both = { allowedPrefixes: ['+55', '+52', '+54'] };

    expect(admit('+55 11 8765-4321', both).e164).toBe('+5511987654321');
    expect(admit('+52 1 55 4525 8448', both).e164).toBe('+525545258448');
    expect(admit('+54 11 15 2345-6789', both).e164).toBe('+5491123456789');
  });
});

describe('the country of a number that only a prefix admits', () => {
  const prefixes = { allowedPrefixes: ['+1861'] };

  it.each([
    [['US'], 'US'],
    [['CA', 'GB'], 'CA'],
    [['US', 'CA'], undefined],
    [['FR'], undefined],
    [undefined, undefined],
  ])('with the allowed countries %j is %s', (allowedCountries, country) => {
    expect(admit(NEW_RANGE, { ...prefixes, allowedCountries }).country).toBe(country);
  });

  it('is that of its calling code where no other has it', () => {
    expect(admit('+22901971234561', { allowedPrefixes: ['+22901'] }).country).toBe('BJ');
  });

  it('is not guessed where no prefix admits it', () => {
    expect(admit('+447700900123', { allowedCountries: ['GB'], validation: 'possible' }).country).toBeUndefined();
  });
});

describe('the longest prefix of both lists', () => {
  const numbers: NumberOptions = {
    allowedCountries: ['US'],
    allowedPrefixes: ['+14155', '+7'],
    deniedPrefixes: ['+1', '+1415555', '+79'],
  };

  it.each(['+14155652671', '+77710009998'])('decides that %s is allowed', (number) => {
    expect(admit(number, numbers).e164).toBe(number);
  });

  it.each(['+14155552671', '+12125552671', '+79123456789'])('decides that %s is not allowed', (number) => {
    expect(() => admit(number, numbers)).toThrow(PhoneNumberNotAllowedError);
  });

  it('is none for a number that has no prefix of them: the countries decide', () => {
    expect(() => admit('+447400123456', numbers)).toThrow(PhoneNumberNotAllowedError);
    expect(admit('+447400123456', { ...numbers, allowedCountries: ['GB'] }).country).toBe('GB');
  });

  it('decides whatever the order of the lists', () => {
    const reversed = { allowedPrefixes: ['+7', '+14155'], deniedPrefixes: ['+79', '+1415555', '+1'] };

    expect(() => admit('+14155552671', reversed)).toThrow(PhoneNumberNotAllowedError);
    expect(admit('+14155652671', reversed).country).toBe('US');
  });

  it('does not end an open session: a denied number can still be checked', () => {
    const settings = numberSettings({ numbers: { deniedPrefixes: ['+1415'] } });

    expect(identifyNumber('+14155552671', settings, 0).number.e164).toBe('+14155552671');
  });
});

describe('the prefixes in the options', () => {
  it.each([
    { allowedPrefixes: ['+1861', '+7'], deniedPrefixes: ['+18615', '+881'] },
    { allowedPrefixes: [], deniedPrefixes: [] },
    { allowedPrefixes: undefined, deniedPrefixes: undefined },
    { allowedPrefixes: ['+123456789012345'] },
  ])('are right: %j', (numbers) => {
    expect(faultsOf(() => numberSettings({ numbers }))).toEqual([]);
  });

  const NOT_PREFIXES = ['1861', '+', '', '+1 861', '+0', '001861', '+1234567890123456', '+18x', '+١'];

  it.each(NOT_PREFIXES)('are refused in both lists unless written in E.164: %j', (prefix) => {
    for (const list of ['allowedPrefixes', 'deniedPrefixes']) {
      expect(faultsOf(() => numberSettings({ numbers: { [list]: ['+7', prefix] } }))).toEqual([
        `numbers.${list}: "${prefix}" is not a prefix in E.164: a plus and 1 to 15 digits, such as "+1861"`,
      ]);
    }
  });

  it('are refused in both lists at once', () => {
    const numbers = { allowedPrefixes: ['+1861', '+7'], deniedPrefixes: ['+7'] };

    expect(faultsOf(() => numberSettings({ numbers }))).toEqual([
      'numbers.deniedPrefixes: "+7" is in allowedPrefixes too; remove it from one of the two',
    ]);
  });
});
