import { describe, expect, it } from 'vitest';
import { type NumberValidation, PhoneNumberInvalidError } from '../../lib/index.js';
import { readNumber } from '../../lib/phone-number/admission.js';
import type { PhoneNumber } from '../../lib/phone-number/phone-number.js';
import { numberSettings } from '../support/numbers.js';

function read(text: unknown, defaultCountry?: string, validation: NumberValidation = 'valid'): PhoneNumber {
  return readNumber(text, numberSettings({ defaultCountry, numbers: { validation } }));
}

describe('a phone number', () => {
  it.each([
    '+14155552671',
    '+1 415 555 2671',
    '+1 (415) 555-2671',
    '+1.415.555.2671',
    '+1-415-555-2671',
    '+1 415/555/2671',
    ' +14155552671 ',
    '\t+14155552671\n',
    '＋１４１５５５５２６７１',
    '+١٤١٥٥٥٥٢٦٧١',
    '+1\u00a0415\u00a0555\u00a02671',
    '+1\u2010415\u2011555\u20132671',
    '\u202a+1 415 555 2671\u202c',
    '\u200e+14155552671',
    '+1 (415)5552671',
    '+1  415  555  2671',
    '+1(415)555.2671',
    '+1 4155 552671',
    '+14155552671\u200b',
  ])('is the same in the notation %j', (spelling) => {
    expect(read(spelling)).toMatchObject({
      e164: '+14155552671',
      country: 'US',
      possibleCountries: ['US'],
    });
  });

  it.each([
    ['(415) 555-2671', 'US'],
    ['1 415 555 2671', 'US'],
    ['011 1 415 555 2671', 'US'],
    ['001 415 555 2671', 'GB'],
  ] as const)('can be written as %j with the default country %s', (text, country) => {
    expect(read(text, country).e164).toBe('+14155552671');
  });

  it.each(['+54 9 11 2345-6789', '+54 11 2345-6789', '+54 11 15 2345-6789', '+5491123456789'])(
    'contains the 9 of an Argentine mobile, written as %s',
    (text) => {
      expect(read(text)).toMatchObject({ e164: '+5491123456789', country: 'AR', type: 'MOBILE' });
    },
  );

  it('of an Argentine mobile is read from its national spelling', () => {
    expect(read('011 15-2345-6789', 'AR').e164).toBe('+5491123456789');
  });

  it.each(['+52 1 55 4525 8448', '+52 55 4525 8448', '+52 044 55 4525 8448', '+52 01 55 4525 8448'])(
    'of Mexico has ten digits, written %s',
    (text) => {
      for (const validation of ['valid', 'possible'] as const) {
        expect(read(text, undefined, validation)).toMatchObject({ e164: '+525545258448', country: 'MX' });
      }
    },
  );

  it.each(['15545258448', '1 55 4525 8448', '5545258448', '044 55 4525 8448', '045 55 4525 8448', '5215545258448'])(
    'of Mexico has ten digits, written %s in Mexico',
    (text) => {
      expect(read(text, 'MX').e164).toBe('+525545258448');
    },
  );

  it.each([
    ['+55 11 8765-4321', '+5511987654321'],
    ['+55 11 98765-4321', '+5511987654321'],
    ['+55 11 6765-4321', '+5511967654321'],
    ['+55 11 7765-4321', '+5511977654321'],
    ['+55 11 9765-4321', '+5511997654321'],
  ])('of a Brazilian mobile has its 9, written %s', (text, e164) => {
    for (const validation of ['valid', 'possible'] as const) {
      expect(read(text, undefined, validation)).toMatchObject({ e164, country: 'BR', type: 'MOBILE' });
    }
  });

  it.each(['(11) 8765-4321', '011 8765-4321', '0 15 11 8765 4321', '551187654321'])(
    'of a Brazilian mobile has its 9, written %s in Brazil',
    (text) => {
      expect(read(text, 'BR').e164).toBe('+5511987654321');
    },
  );

  it.each(['+55 11 3765-4321', '+55 800 765 4321'])('of Brazil that is no mobile stays: %s', (text) => {
    expect(read(text).e164).toBe(text.replaceAll(/[ -]/g, ''));
  });

  it('may have no country', () => {
    expect(read('+80012345678')).toEqual({
      e164: '+80012345678',
      country: undefined,
      type: 'TOLL_FREE',
      possibleCountries: [],
      certainty: 'valid',
    });
  });

  it('keeps its country where several share a calling code', () => {
    expect(read('+447911123456').country).toBe('GG');
  });
});

describe('a possible number', () => {
  const NEW_RANGE = '+44 7700 900123';

  it('is one where the range need not be known', () => {
    expect(() => read(NEW_RANGE)).toThrow(PhoneNumberInvalidError);
    expect(read(NEW_RANGE, undefined, 'possible')).toMatchObject({
      e164: '+447700900123',
      country: undefined,
      type: undefined,
    });
  });

  it.each(['+54 9 11 9999-9999', '+54 11 9999-9999', '+54 011 15 9999-9999'])(
    'may be an Argentine mobile, written as %s',
    (text) => {
      expect(read(text, undefined, 'possible').e164).toBe('+5491199999999');
    },
  );

  it('of Argentina keeps a form that is known to be no mobile', () => {
    expect(read('+54 800 123-4567', undefined, 'possible').e164).toBe('+548001234567');
  });

  it.each([
    ['15 2345 6789', 'AR'],
    ['9 15 2345 6789', 'AR'],
    ['0 15 2345 6789', 'AR'],
    ['11 15 234 5678', 'AR'],
    ['11 15 45 67 89', 'AR'],
    ['351 15 12345', 'AR'],
    ['2324 15 1234', 'AR'],
    ['+54 15 2345 6789', undefined],
    ['+54 9 15 2345 6789', undefined],
    ['+54 11 15 234 5678', undefined],
  ])('of Argentina is not one while its 15 cannot be resolved: %s', (text, country) => {
    expect(() => read(text, country)).toThrow(PhoneNumberInvalidError);
    expect(() => read(text, country, 'possible')).toThrow(PhoneNumberInvalidError);
  });

  it.each([
    ['0341 15 515 1234', '+5493415151234'],
    ['02324 15-41-2345', '+5492324412345'],
    ['0351 15 456 7890', '+5493514567890'],
    ['341 515 1234', '+5493415151234'],
  ])('of Argentina is one where the 15 is resolved, or no prefix: %s', (text, e164) => {
    expect(read(text, 'AR').e164).toBe(e164);
    expect(read(text, 'AR', 'possible').e164).toBe(e164);
  });

  it.each(['+1415555', '+141555526711234', '+979000000000', '+883000000000'])('is not %s', (text) => {
    expect(() => read(text, undefined, 'possible')).toThrow(PhoneNumberInvalidError);
  });
});

describe('an invalid number', () => {
  it.each([
    ['empty', ''],
    ['spaces', '   '],
    ['too short', '+1415555'],
    ['too long', '+141555526711234567'],
    ['national without a country', '4155552671'],
    ['an extension', '+1 415 555 2671 ext. 5'],
    ['an extension, short', '+14155552671 x5'],
    ['an extension by #', '+14155552671#5'],
    ['an extension by comma', '+14155552671,5'],
    ['letters', '+1-415-555-CALL'],
    ['text before', 'call +14155552671'],
    ['text around', 'foo +14155552671 bar'],
    ['SQL after', "+14155552671'; DROP"],
    ['a URI', 'tel:+14155552671'],
    ['a URI with context', 'tel:5552671;phone-context=+1415'],
    ['two numbers', '+14155552671+14155552672'],
    ['two numbers by slash', '+14155552671/+14155552672'],
    ['two plus signs', '++14155552671'],
    ['a NUL', '+14155552671\0'],
    ['a lone surrogate', '\ud800+14155552671'],
    ['an unassigned country code', '+999123456789'],
    ['only punctuation', '+()-'],
    ['longer than E.164 allows', '+81 0037 1234567890123'],
    ['over-long', '+1 4 1 5 5 5 5 2 6 7 1             '],
  ])('is %s', (_name, text) => {
    expect(() => read(text)).toThrow(PhoneNumberInvalidError);
  });

  it.each([14155552671, null, undefined, {}, ['+14155552671'], true, Symbol('x')])('is %s', (value) => {
    expect(() => read(value)).toThrow(PhoneNumberInvalidError);
  });
});
