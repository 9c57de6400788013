import { describe, expect, it } from 'vitest';
import { maskPhoneNumber, redact, redactedCause } from '../../lib/verification/redaction.js';
import { ODD_THROWS } from '../support/failing-backends.js';

const NUMBER = '+14155552671';
const SECRETS = { hidden: ['123456', 'aB-c_9'], phoneNumber: NUMBER };

describe('a text of somebody else', () => {
  it.each([
    '+14155552671',
    '14155552671',
    '+1 415 555 2671',
    '1 (415) 555-2671',
    '+1-415-555-2671',
    '1%20415%20'.concat('5552671'),
  ])('has the number %s masked', (spelling) => {
    expect(redact(`to ${spelling}!`, SECRETS)).not.toMatch(/5552671|555[ -]2671/);
  });

  it.each(['123456', '123 456', '123-456', '1.2.3.4.5.6', 'code=123456;', '"123456"'])(
    'has the code in %j taken out',
    (text) => {
      expect(redact(text, SECRETS)).toContain('[redacted]');
      expect(redact(text, SECRETS)).not.toMatch(/1\D*2\D*3\D*4\D*5\D*6/);
    },
  );

  it('has every place of a secret taken out, special characters in it taken literally', () => {
    expect(redact('aB-c_9 and aB-c_9', SECRETS)).toBe('[redacted] and [redacted]');
    expect(redact('a.c abc', { hidden: ['a.c'] })).toBe('[redacted] abc');
  });

  it('is left alone where there is nothing to hide', () => {
    expect(redact('all is well: 654321', { hidden: [''] })).toBe('all is well: 654321');
  });
});

describe('the cause of an error', () => {
  it('keeps name, text and code, and no property, stack or cause', () => {
    const thrown = Object.assign(new TypeError('code 123456 refused', { cause: 'x' }), {
      code: 'E-123456',
      config: { auth: 'secret' },
    });

    const cause = redactedCause(thrown, SECRETS);

    expect(cause).toMatchObject({ name: 'TypeError', message: 'code [redacted] refused', code: 'E-[redacted]' });
    expect(cause.stack).toBeUndefined();
    expect(Object.keys(cause).toSorted((one, other) => one.localeCompare(other))).toEqual(['code', 'name']);
  });

  it.each(ODD_THROWS)('can be made of %s', (_name, make) => {
    expect(redactedCause(make(), SECRETS)).toBeInstanceOf(Error);
  });

  it('keeps a numeric code', () => {
    expect(redactedCause(Object.assign(new Error('x'), { code: 1213 }), SECRETS)).toMatchObject({ code: '1213' });
  });
});

it.each([
  ['+14155552671', '+141******71'],
  ['+2901234', '+290**34'],
])('%s is shown as %s', (number, masked) => {
  expect(maskPhoneNumber(number)).toBe(masked);
});
