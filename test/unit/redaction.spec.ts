import { describe, expect, it } from 'vitest';
import { maskPhoneNumber, redact, redactedCause } from '../../lib/common/redaction.js';
import { ODD_THROWS } from '../support/failing-backends.js';

const NUMBER = '+14155552671';
const SECRETS = { hidden: ['123456', 'aB-c_9'], phoneNumbers: [NUMBER] };

describe('a redacted text', () => {
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
    'does not contain the code of %j',
    (text) => {
      expect(redact(text, SECRETS)).toContain('[redacted]');
      expect(redact(text, SECRETS)).not.toMatch(/1\D*2\D*3\D*4\D*5\D*6/);
    },
  );

  it('contains no occurrence of a secret, even one with special characters', () => {
    expect(redact('aB-c_9 and aB-c_9', SECRETS)).toBe('[redacted] and [redacted]');
    expect(redact('1.22.3 1x22x3', { hidden: ['1.22.3'] })).toBe('[redacted] 1x22x3');
  });

  it('has all numbers masked, in any grouping', () => {
    const secrets = { hidden: ['+', '5', '4155'], phoneNumbers: [NUMBER, '+447911123456'] };

    expect(redact('to=14155552671,447911123456', secrets)).toBe('to=+141******71,+447*******56');
  });

  it('contains no part of a token, even if a part of it was sent as a code', () => {
    const token = 'yXOrvkgaRLaXgiwxvoyhw3-Q9w1FzmZSyd6T7xuCnAU';

    expect(redact(`session ${token}.`, { hidden: ['k', 'kgaRLa', token] })).toBe('session [redacted].');
  });

  it.each(['!'.repeat(64), '='.repeat(26), '1'.repeat(64), '-1'.repeat(32), '%12'.repeat(21)])(
    'takes linear time, even for %j',
    (secret) => {
      const started = performance.now();
      for (const filling of [secret, '!'.repeat(5000), '%11'.repeat(5000), '1-'.repeat(5000)]) {
        redact(`the code "${filling}" was refused`, { hidden: [secret], phoneNumbers: [NUMBER] });
      }

      expect(performance.now() - started).toBeLessThan(1000);
    },
  );

  it('is unchanged if there is nothing to hide', () => {
    expect(redact('all is well: 654321', { hidden: [''] })).toBe('all is well: 654321');
  });
});

describe('the redacted cause of an error', () => {
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
])('the number %s is masked as %s', (number, masked) => {
  expect(maskPhoneNumber(number)).toBe(masked);
});
