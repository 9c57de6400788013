import { afterEach, describe, expect, it, vi } from 'vitest';
import { OptionReader } from '../../lib/common/option-reader.js';
import { PhoneNumberInvalidError } from '../../lib/index.js';
import { admitNumber, identifyNumber, readNumber } from '../../lib/phone-number/admission.js';
import type { TestNumbers } from '../../lib/phone-number/test-numbers.js';
import { readTestNumbers, warningsOfTestNumbers } from '../../lib/phone-number/test-numbers.options.js';
import { numberSettings } from '../support/numbers.js';
import { NUMBER } from '../support/requests.js';

const NEW_YEAR = Date.UTC(2027, 0, 1);

function read(testNumbers: unknown) {
  const faults: string[] = [];
  return { testNumbers: readTestNumbers(new OptionReader({ testNumbers }, faults)), faults };
}

/** The fixed code of a number, as a request reads it. */
function testCodeOf(number: string, testNumbers: TestNumbers | undefined, now: number): string | undefined {
  return admitNumber(number, { ...numberSettings(), testNumbers }, now).testCode;
}

afterEach(() => vi.unstubAllEnvs());

describe('a test number', () => {
  const { testNumbers } = read({
    numbers: { '+1 (415) 555-2671': '4242', '+54 11 15 2345-6789': 'abc!' },
    until: '2027-01-01',
  });

  it('has its code whatever the notation in which it was configured', () => {
    expect(testCodeOf(NUMBER, testNumbers, 0)).toBe('4242');
    expect(testCodeOf('+5491123456789', testNumbers, 0)).toBe('abc!');
    expect(testCodeOf('+14155552672', testNumbers, 0)).toBeUndefined();
    expect(testCodeOf(NUMBER, undefined, 0)).toBeUndefined();
  });

  it('is an ordinary number from the start of `until` in UTC', () => {
    expect(testCodeOf(NUMBER, testNumbers, NEW_YEAR - 1)).toBe('4242');
    expect(testCodeOf(NUMBER, testNumbers, NEW_YEAR)).toBeUndefined();
  });

  it('causes a warning after `until`', () => {
    expect(warningsOfTestNumbers(testNumbers, NEW_YEAR - 1)).toEqual([]);
    expect(warningsOfTestNumbers(testNumbers, NEW_YEAR)).toEqual([expect.stringMatching(/until 2027-01-01 is over/)]);
    expect(warningsOfTestNumbers(undefined, NEW_YEAR)).toEqual([]);
  });

  it('remains one without `until`', () => {
    const withoutEnd = read({ numbers: { [NUMBER]: '4242' } }).testNumbers;

    expect(testCodeOf(NUMBER, withoutEnd, Number.MAX_SAFE_INTEGER)).toBe('4242');
    expect(warningsOfTestNumbers(withoutEnd, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });
});

describe('a test number that nobody can have', () => {
  const CODE = '480915736204';

  it.each(['+44 7700 900123', '+1 555 555 0123', '+353 20 123 4567', '+999 123 456 789'])(
    'is one until its day, and invalid from then on: %s',
    (text) => {
      const settings = numberSettings({ testNumbers: { numbers: { [text]: CODE }, until: '2027-01-01' } });
      const expected = { number: { e164: text.replaceAll(' ', '') }, testCode: CODE };

      for (const readOne of [identifyNumber, admitNumber]) {
        expect(readOne(text, settings, NEW_YEAR - 1)).toMatchObject(expected);
        expect(() => readOne(text, settings, NEW_YEAR)).toThrow(PhoneNumberInvalidError);
      }
    },
  );

  it('is read in every spelling', () => {
    const settings = numberSettings({
      defaultCountry: 'GB',
      testNumbers: { numbers: { '+44 (0)7700 900123': CODE } },
    });

    for (const spelling of ['07700 900123', '+44 7700 900 123', '00447700900123', '٠٧٧٠٠ ٩٠٠١٢٣']) {
      expect(admitNumber(spelling, settings, 0)).toMatchObject({ number: { e164: '+447700900123' }, testCode: CODE });
    }
  });

  it('admits no other number of its range', () => {
    const settings = numberSettings({ testNumbers: { numbers: { '+447700900123': CODE } } });

    expect(() => admitNumber('+447700900124', settings, 0)).toThrow(PhoneNumberInvalidError);
    expect(() => readNumber('+447700900123', settings)).toThrow(PhoneNumberInvalidError);
  });
});

describe('the options of test numbers', () => {
  const GOOD = { [NUMBER]: '123456' };

  it.each([
    undefined,
    { numbers: GOOD },
    { numbers: {} },
    { numbers: { '+447700900123': '480915736204', '+15555550123': '480915736204' } },
    { numbers: GOOD, until: '2028-02-29' },
    { numbers: GOOD, until: undefined },
  ])('can be %j', (testNumbers) => {
    expect(read(testNumbers).faults).toEqual([]);
  });

  it.each([
    [GOOD, /^testNumbers\.\+14155552671: is not an option/],
    [{ until: '2027-01-01' }, /^testNumbers\.numbers: is required/],
    [{ numbers: [NUMBER] }, /^testNumbers\.numbers: must be an object/],
    [{ numbers: { '4155552671': '123456' } }, /number 1 is not a valid phone number/],
    [{ numbers: { ...GOOD, '+1999': '123456' } }, /number 2 is not a valid phone number/],
    [{ numbers: { ...GOOD, '+1 415 555 2671': '654321' } }, /number 2 is there already/],
    [{ numbers: { [NUMBER]: 123456 } }, /the code of number 1 must be/],
    [{ numbers: { [NUMBER]: '123' } }, /the code of number 1 must be/],
    [{ numbers: { [NUMBER]: '123 456' } }, /the code of number 1 must be/],
    [{ numbers: { [NUMBER]: '1'.repeat(33) } }, /the code of number 1 must be/],
  ])('cannot be %j', (testNumbers, fault) => {
    expect(read(testNumbers).faults).toContainEqual(expect.stringMatching(fault));
  });

  it.each([
    '',
    'tomorrow',
    '2027-1-1',
    '2027-02-29',
    '2027-02-30',
    '2027-13-01',
    '2027-01-00',
    '2027-01-01T00:00:00Z',
    '2027-01-01 ',
    '01.01.2027',
    '20270101',
    20270101,
    null,
    new Date(NEW_YEAR),
  ])('cannot have as until %j', (until) => {
    expect(read({ numbers: GOOD, until }).faults).toEqual([
      'testNumbers.until: must be a day as YYYY-MM-DD, such as "2027-01-01"',
    ]);
  });

  it.each(['production', 'staging', 'prod'])('must have `until` with NODE_ENV=%s', (environment) => {
    vi.stubEnv('NODE_ENV', environment);

    expect(read({ numbers: GOOD }).faults).toEqual([expect.stringMatching(/^testNumbers\.until: is required/)]);
    expect(read({ numbers: GOOD, until: '2027-01-01' }).faults).toEqual([]);
    expect(read(undefined).faults).toEqual([]);
  });

  it.each(['test', 'development', '', undefined])('need no `until` with NODE_ENV=%j', (environment) => {
    vi.stubEnv('NODE_ENV', environment);

    expect(read({ numbers: GOOD }).faults).toEqual([]);
  });

  it('cause validation errors without a number or a code', () => {
    const { faults } = read({ numbers: { '4155552671': '123456', [NUMBER]: '12 34' } });

    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toMatch(/4155552671|123456|12 34/);
  });
});
