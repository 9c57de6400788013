import { describe, expect, it } from 'vitest';
import { PhoneNumberInvalidError } from '../../lib/index.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';

describe('one number', () => {
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
  ])('is the same in the spelling %j', (spelling) => {
    expect(parsePhoneNumber(spelling)).toMatchObject({
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
  ] as const)('is read from %j in %s', (text, country) => {
    expect(parsePhoneNumber(text, country).e164).toBe('+14155552671');
  });

  it.each(['+54 9 11 2345-6789', '+54 11 2345-6789', '+54 11 15 2345-6789', '+5491123456789'])(
    'of an Argentine mobile has the 9, written %s',
    (text) => {
      expect(parsePhoneNumber(text)).toMatchObject({ e164: '+5491123456789', country: 'AR', type: 'MOBILE' });
    },
  );

  it('of an Argentine mobile is read from its national spelling', () => {
    expect(parsePhoneNumber('011 15-2345-6789', 'AR').e164).toBe('+5491123456789');
  });

  it('may have no country', () => {
    expect(parsePhoneNumber('+80012345678')).toEqual({
      e164: '+80012345678',
      country: undefined,
      type: 'TOLL_FREE',
      possibleCountries: [],
    });
  });

  it('keeps its country where several share a calling code', () => {
    expect(parsePhoneNumber('+447911123456').country).toBe('GG');
  });
});

describe('a possible number', () => {
  const NEW_RANGE = '+44 7700 900123';

  it('is one where the range need not be known', () => {
    expect(() => parsePhoneNumber(NEW_RANGE)).toThrow(PhoneNumberInvalidError);
    expect(parsePhoneNumber(NEW_RANGE, undefined, 'possible')).toMatchObject({
      e164: '+447700900123',
      country: undefined,
      type: undefined,
    });
  });

  it.each(['+54 9 11 9999-9999', '+54 11 9999-9999', '+54 011 15 9999-9999'])(
    'of Argentina is one in the spelling %s',
    (text) => {
      expect(parsePhoneNumber(text, undefined, 'possible').e164).toBe('+5491199999999');
    },
  );

  it('of Argentina keeps a form that is known to be no mobile', () => {
    expect(parsePhoneNumber('+54 800 123-4567', undefined, 'possible').e164).toBe('+548001234567');
  });

  it.each(['+1415555', '+141555526711234', '+979000000000', '+883000000000'])('is not %s', (text) => {
    expect(() => parsePhoneNumber(text, undefined, 'possible')).toThrow(PhoneNumberInvalidError);
  });
});

describe('no number', () => {
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
    ['over-long', '+1 4 1 5 5 5 5 2 6 7 1             '],
  ])('is %s', (_name, text) => {
    expect(() => parsePhoneNumber(text)).toThrow(PhoneNumberInvalidError);
  });

  it.each([14155552671, null, undefined, {}, ['+14155552671'], true, Symbol('x')])('is %s', (value) => {
    expect(() => parsePhoneNumber(value)).toThrow(PhoneNumberInvalidError);
  });
});
