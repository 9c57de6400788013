import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { CALLING_CODES, countryOfNumber, listCountries, groupDigits } from '../../lib/client/element/countries.js';
import { countryOfLanguages, directionOf, firstLanguage } from '../../lib/client/element/locale.js';
import { clockTime } from '../../lib/client/element/texts.js';

describe('the calling codes', () => {
  it('are those that the server knows, and no other', () => {
    const known = getCountries().map((country) => [country, getCountryCallingCode(country)]);

    expect(Object.fromEntries(CALLING_CODES)).toEqual(Object.fromEntries(known));
  });
});

describe('the list of countries', () => {
  it('has every country, by name in the language', () => {
    const countries = listCountries(null, 'de');

    expect(countries).toHaveLength(CALLING_CODES.size);
    expect(countries[0]).toEqual({ country: 'AF', name: 'Afghanistan', callingCode: '93' });
    expect(countries.findIndex(({ name }) => name === 'Österreich')).toBeLessThan(
      countries.findIndex(({ name }) => name === 'Polen'),
    );
  });

  it.each(['at,DE ch', 'AT, DE, CH, XX, DE'])('has those alone that are wanted: %s', (wanted) => {
    expect(listCountries(wanted, 'en').map(({ country }) => country)).toEqual(['AT', 'DE', 'CH']);
  });

  it.each(['', 'XX', '??'])('is whole when none of those is one: "%s"', (wanted) => {
    expect(listCountries(wanted, 'en')).toHaveLength(CALLING_CODES.size);
  });
});

describe('the country of a number', () => {
  const all = listCountries(null, 'en');

  it.each([
    ['+14155552671', 'DE', 'US'],
    ['+14155552671', 'CA', 'CA'],
    ['+447400123456', 'US', 'GB'],
    ['+77012345678', 'KZ', 'KZ'],
    ['+7', 'US', 'RU'],
    ['+420601123456', 'US', 'CZ'],
    ['+212650123456', 'US', 'MA'],
  ])('%s with %s chosen is %s', (number, preferred, country) => {
    expect(countryOfNumber(number, all, preferred)?.country).toBe(country);
  });

  it.each(['+', '+999', '4155552671', ''])('is none: "%s"', (number) => {
    expect(countryOfNumber(number, all, 'US')).toBeUndefined();
  });

  it('is one of those on offer', () => {
    const offered = listCountries('CA,DE', 'en');

    expect(countryOfNumber('+14155552671', offered, 'DE')?.country).toBe('CA');
    expect(countryOfNumber('+447400123456', offered, 'DE')).toBeUndefined();
  });
});

describe('a number to be read', () => {
  it.each([
    ['+14155552671', '+1 415 555 2671'],
    ['+447400123456', '+44 740 012 3456'],
    ['+37312345', '+373 123 45'],
    ['+49015112345699', '+49 (0) 151 123 456 99'],
    ['+390612345678', '+39 061 234 5678'],
    ['+999123', '+999123'],
    ['0171 1234567', '0171 1234567'],
  ])('%s is %s', (number, text) => {
    expect(groupDigits(number)).toBe(text);
  });
});

describe('the language', () => {
  it('is the first that is one', () => {
    expect(firstLanguage(null, '', 'no such language', 'pt-BR', 'en')).toBe('pt-BR');
    expect(firstLanguage(undefined)).toBe('en');
  });

  it.each([
    ['ar', 'rtl'],
    ['fa-IR', 'rtl'],
    ['he', 'rtl'],
    ['ur', 'rtl'],
    ['az-Arab', 'rtl'],
    ['az', 'ltr'],
    ['en', 'ltr'],
    ['?', 'ltr'],
  ])('%s is written %s', (language, direction) => {
    expect(directionOf(language)).toBe(direction);
  });

  it.each([
    [['de-AT', 'en-US'], 'AT'],
    [['de', 'en-GB'], 'GB'],
    [['de', 'en'], 'DE'],
    [['?', 'ja'], 'JP'],
    [[], undefined],
  ])('%o is spoken in %s', (languages, country) => {
    expect(countryOfLanguages(languages)).toBe(country);
  });
});

describe('a time', () => {
  it.each([
    [0, '0:00'],
    [7, '0:07'],
    [60, '1:00'],
    [3599, '59:59'],
    [3600, '1:00:00'],
    [86_399, '23:59:59'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(clockTime(seconds)).toBe(text);
  });
});
