import { describe, expect, it } from 'vitest';
import { PhoneNumberInvalidError } from '../../lib/index.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';

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
  ] as const)('can be written as %j with the default country %s', (text, country) => {
    expect(parsePhoneNumber(text, country).e164).toBe('+14155552671');
  });

  it.each(['+54 9 11 2345-6789', '+54 11 2345-6789', '+54 11 15 2345-6789', '+5491123456789'])(
    'contains the 9 of an Argentine mobile, written as %s',
    (text) => {
      expect(parsePhoneNumber(text)).toMatchObject({ e164: '+5491123456789', country: 'AR', type: 'MOBILE' });
    },
  );

  it('can be written in the national notation of an Argentine mobile', () => {
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

  it('has its country even if several share a calling code', () => {
    expect(parsePhoneNumber('+447911123456').country).toBe('GG');
  });
});

describe('a possible number', () => {
  const NEW_RANGE = '+44 7700 900123';

  it('may be of an unknown range', () => {
    expect(() => parsePhoneNumber(NEW_RANGE)).toThrow(PhoneNumberInvalidError);
    expect(parsePhoneNumber(NEW_RANGE, undefined, 'possible')).toMatchObject({
      e164: '+447700900123',
      country: undefined,
      type: undefined,
    });
  });

  it.each(['+54 9 11 9999-9999', '+54 11 9999-9999', '+54 011 15 9999-9999'])(
    'may be an Argentine mobile, written as %s',
    (text) => {
      expect(parsePhoneNumber(text, undefined, 'possible').e164).toBe('+5491199999999');
    },
  );

  it('keeps its form if it is known not to be an Argentine mobile', () => {
    expect(parsePhoneNumber('+54 800 123-4567', undefined, 'possible').e164).toBe('+548001234567');
  });

  it.each(['+1415555', '+141555526711234', '+979000000000', '+883000000000'])('cannot be %s', (text) => {
    expect(() => parsePhoneNumber(text, undefined, 'possible')).toThrow(PhoneNumberInvalidError);
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
    ['over-long', '+1 4 1 5 5 5 5 2 6 7 1             '],
  ])('is %s', (_name, text) => {
    expect(() => parsePhoneNumber(text)).toThrow(PhoneNumberInvalidError);
  });

  it.each([14155552671, null, undefined, {}, ['+14155552671'], true, Symbol('x')])('is %s', (value) => {
    expect(() => parsePhoneNumber(value)).toThrow(PhoneNumberInvalidError);
  });
});
