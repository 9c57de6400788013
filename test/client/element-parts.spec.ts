import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { countryOfArea } from '../../lib/client/element/areas.js';
import { readCode } from '../../lib/client/element/code-text.js';
import { CALLING_CODES, countryOfNumber, readCountries } from '../../lib/client/element/countries.js';
import { listCountries, searchCountries } from '../../lib/client/element/country-search.js';
import { countryOfLanguages, directionOf, firstLanguage } from '../../lib/client/element/locale.js';
import { numberingPlans } from '../../lib/client/element/numbering-plans.js';
import { textsOf, withChanges } from '../../lib/client/element/locale-texts.js';
import { clockTime } from '../../lib/client/element/texts.js';
import de from '../../lib/client/locales/de.js';
import en from '../../lib/client/locales/en.js';

describe('the calling codes', () => {
  it('are exactly those that the server knows', () => {
    const known = getCountries().map((country) => [country, getCountryCallingCode(country)]);

    expect(Object.fromEntries(CALLING_CODES)).toEqual(Object.fromEntries(known));
  });
});

describe('the list of countries', () => {
  const all = { offered: [...CALLING_CODES.keys()], preferred: [] };

  it('has every country, sorted by its name in the language', () => {
    const countries = listCountries({ ...all, language: 'de' });

    expect(countries).toHaveLength(CALLING_CODES.size);
    expect(countries[0]).toMatchObject({ country: 'AF', name: 'Afghanistan', callingCode: '93' });
    expect(countries.findIndex(({ name }) => name === 'Österreich')).toBeLessThan(
      countries.findIndex(({ name }) => name === 'Polen'),
    );
  });

  it('begins with the preferred countries', () => {
    const countries = listCountries({ ...all, preferred: ['DE', 'AT'], language: 'en' });

    expect(countries.slice(0, 3).map(({ country }) => country)).toEqual(['DE', 'AT', 'AF']);
  });

  it.each(['at,DE ch', 'AT, DE, CH, XX, DE'])('is read from an attribute: %s', (wanted) => {
    expect(readCountries(wanted)).toEqual(['AT', 'DE', 'CH']);
  });

  it.each(['', 'XX', '??', null])('is empty if none of the given ones exists: %s', (wanted) => {
    expect(readCountries(wanted)).toEqual([]);
  });

  it.each([
    ['uk', 'GB'],
    ['Holland', 'NL'],
    ['USA', 'US'],
    ['deutschland', 'DE'],
    ['germany', 'DE'],
    ['osterreich', 'AT'],
    ['+1', 'US'],
    ['٤٩', 'DE'],
    ['44', 'GB'],
  ])('finds with %s first %s', (text, country) => {
    expect(searchCountries(listCountries({ ...all, language: 'de' }), text)[0]?.country).toBe(country);
  });

  it.each(['\\', '*', 'zzz'])('finds nothing with %s', (text) => {
    expect(searchCountries(listCountries({ ...all, language: 'en' }), text)).toEqual([]);
  });
});

describe('the country of a number', () => {
  const all = [...CALLING_CODES.keys()];

  it.each([
    ['+14155552671', 'DE', 'US'],
    ['+14155552671', 'CA', 'CA'],
    ['+447400123456', 'US', 'GB'],
    ['+77012345678', 'KZ', 'KZ'],
    ['+7', 'US', 'RU'],
    ['+420601123456', 'US', 'CZ'],
    ['+212650123456', 'US', 'MA'],
  ])('of %s, where %s is likely, is %s', (number, likely, country) => {
    expect(countryOfNumber(number, all, likely)).toBe(country);
  });

  it.each(['+', '+999', '4155552671', ''])('is unknown for "%s"', (number) => {
    expect(countryOfNumber(number, all, 'US')).toBeUndefined();
  });

  it('is one of the offered countries', () => {
    expect(countryOfNumber('+14155552671', ['CA', 'DE'], 'DE')).toBe('CA');
    expect(countryOfNumber('+447400123456', ['CA', 'DE'], 'DE')).toBeUndefined();
  });
});

describe('the area of a number', () => {
  it.each([
    ['+1604', 'CA'],
    ['+16045551234', 'CA'],
    ['+1415', 'US'],
    ['+7701', 'KZ'],
    ['+7495', 'RU'],
    ['+441534', 'JE'],
    ['+3906698', 'VA'],
  ])('%s is in %s', (number, country) => {
    expect(countryOfArea(number)).toBe(country);
  });

  it.each(['+1', '+160', '+44', '+447400', '+7', '+49151', '+'])('%s could be in several countries', (number) => {
    expect(countryOfArea(number)).toBeUndefined();
  });

  it('is in the country that the numbering plans know, for each area of the calling code 1', () => {
    const wrong: string[] = [];
    for (let area = 200; area < 1000; area += 1) {
      const known = parsePhoneNumberFromString(`+1${area}2345678`)?.country;
      if (known !== undefined && countryOfArea(`+1${area}`) !== known) wrong.push(`${area} is in ${known}`);
    }

    expect(wrong).toEqual([]);
  });
});

describe('a code in a text', () => {
  it.each([
    ['123456', '123456'],
    ['123-45', '12345'],
    ['12 34', '1234'],
    ['', ''],
    ['G-123456 is your code', '123456'],
    ['Your code: 123-456. It is valid for 10 minutes.', '123456'],
    ['123456 is your code.\n\n@example.com #123456', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['code 123 456', '123456'],
  ])('of digits: %s', (text, code) => {
    expect(readCode(text, 6, 'numeric')).toBe(code);
  });

  it.each([
    'abcdef',
    'YourA',
    '12a',
    '1234567',
    '123456 7',
    '123456 or 654321',
    'Your code for 2 factors',
    '+14155552671',
  ])('of digits is not in: %s', (text) => {
    expect(readCode(text, 6, 'numeric')).toBeUndefined();
  });

  it.each([
    ['K7QP2M', 'K7QP2M'],
    [' K7Q P2M ', 'K7QP2M'],
    ['k7-q', 'k7-q'],
    ['Your code: K7QP2M', 'K7QP2M'],
    ['Your code is K7QP2M.', 'K7QP2M'],
    ['Your code is “K7QP2M”!', 'K7QP2M'],
    ['Your code: K7QP2!', 'K7QP2!'],
    ['Hello, your code: K7QP2M.', 'K7QP2M'],
  ])('of any characters: %s', (text, code) => {
    expect(readCode(text, 6, 'text')).toBe(code);
  });

  it.each(['ABCDEF GHIJKL', 'K7QP2MX', 'Please enter the code', 'K7QP2M or K7QP2N'])(
    'of any characters is not in: %s',
    (text) => {
      expect(readCode(text, 6, 'text')).toBeUndefined();
    },
  );
});

describe('a number in the numbering plans', () => {
  it.each([
    ['+4915123456789', 'US', '+4915123456789', true],
    ['015123456789', 'DE', '+4915123456789', true],
    ['4915123456789', 'DE', '+4915123456789', true],
    ['4911234567', 'DE', '+494911234567', true],
    ['+49015123456789', 'DE', '+4915123456789', true],
    ['4155552671', 'US', '+14155552671', true],
    ['14155552671', 'US', '+14155552671', true],
    ['123', 'US', '+1123', false],
    ['0612345678', 'IT', '+390612345678', true],
  ])('%s, typed with %s selected, is %s', (text, country, number, isPossible) => {
    expect(numberingPlans.read(text, country)).toEqual({ number, isPossible });
  });

  it('is unknown without a calling code', () => {
    expect(numberingPlans.read('+999123', 'US')).toBeUndefined();
    expect(numberingPlans.read('1', 'XX')).toBeUndefined();
  });

  it.each([
    ['+14155552671', '+1 415 555 2671'],
    ['+447400123456', '+44 7400 123456'],
    ['+390612345678', '+39 06 1234 5678'],
    ['+999123', '+999123'],
    ['0171 1234567', '0171 1234567'],
  ])('%s is shown as %s', (number, text) => {
    expect(numberingPlans.group(number)).toBe(text);
  });

  it.each([
    ['4155552671', 'US', '(415) 555-2671'],
    ['+4930123456', 'US', '+49 30 123456'],
    ['12ab', 'US', '12ab'],
  ])('%s with %s selected has the punctuation %s', (text, country, punctuated) => {
    expect(numberingPlans.punctuate(text, country)).toBe(punctuated);
  });
});

describe('the language of the element', () => {
  it('is the first valid one', () => {
    expect(firstLanguage(null, '', 'no such language', 'pt-BR', 'en')).toBe('pt-BR');
    expect(firstLanguage(undefined)).toBe('en');
  });

  it.each([
    ['zh-cmn-Hans', 'zh-hans'],
    ['zh-yue-HK', 'zh-HK'],
    ['pt-PT-ao90', 'pt-PT'],
    ['de-CH-1901-x-own', 'de-CH'],
    ['ar-u-nu-latn', 'ar'],
    ['EN-gb', 'en-GB'],
  ])('%s is read as %s, which `Intl` accepts', (tag, language) => {
    expect(firstLanguage(tag)).toBe(language);
    expect(new Intl.DisplayNames([language], { type: 'region' }).of('DE')).not.toBe('DE');
  });

  it.each([
    ['ar', 'rtl'],
    ['fa-IR', 'rtl'],
    ['he', 'rtl'],
    ['ur', 'rtl'],
    ['az-Arab', 'rtl'],
    ['AZ-ARAB-IR-x-own', 'rtl'],
    ['ks-Deva', 'ltr'],
    ['ckb', 'rtl'],
    ['dv-Thaa', 'rtl'],
    ['az', 'ltr'],
    ['en', 'ltr'],
    ['?', 'ltr'],
  ])('%s is written %s', (language, direction) => {
    expect(directionOf(language)).toBe(direction);
  });

  it.each([
    [['de-AT', 'en-US'], 'AT'],
    [['de', 'en-GB'], 'GB'],
    [['zh-Hant-HK'], 'HK'],
    [['es-419'], '419'],
    [['de-u-co-phonebk', 'en-gb'], 'GB'],
    [['zh-yue-HK'], 'HK'],
    [['de', 'en'], 'DE'],
    [['?', 'ja'], 'JP'],
    [[], undefined],
  ])('%o is spoken in %s', (languages, country) => {
    expect(countryOfLanguages(languages)).toBe(country);
  });
});

describe('changes of the texts', () => {
  it('leave the built-in text where a value is undefined', () => {
    const { send, code, errors } = withChanges(textsOf(en), {
      send: undefined,
      code: 'PIN',
      errors: { timed_out: undefined },
    } as object);

    expect([send, code]).toEqual([en.send, 'PIN']);
    expect(errors.timed_out).toBe(en.errors.timed_out);
  });
});

describe('a wait', () => {
  it.each([
    [1, 'in 1 second'],
    [119, 'in 119 seconds'],
    [120, 'in 2 minutes'],
    [121, 'in 3 minutes'],
    [7200, 'in 2 hours'],
    [86_400, 'in 24 hours'],
  ])('of %i seconds is said as %s', (seconds, text) => {
    expect(textsOf(en).readyIn(seconds)).toBe(text);
  });

  it('is said in the language of the texts', () => {
    expect(textsOf(de).readyIn(150)).toBe('in 3 Minuten');
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
