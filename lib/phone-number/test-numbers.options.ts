import { isSecurityCode } from '../common/code-format.js';
import { isProduction } from '../common/environment.js';
import type { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import { parsePhoneNumber } from './phone-number.js';
import { hasExpired, type TestNumbers } from './test-numbers.js';

/**
 * Numbers with a fixed code, see {@link PhoneVerifyOptions.testNumbers}.
 *
 * @publicApi
 */
export interface TestNumberOptions {
  /**
   * The code of each number: numbers written with `+`, also those that nobody can have, such as `+44 7700 900123`; codes
   * of 4 to 32 printable ASCII characters without spaces.
   */
  numbers: Readonly<Record<string, string>>;
  /**
   * A day such as `'2027-01-01'`: from its start in UTC they are ordinary numbers. Required unless `NODE_ENV` is
   * `test`, `development` or not set.
   */
  until?: string | undefined;
}

const NAMES = optionNames<TestNumberOptions>({ numbers: true, until: true });

/** Reads {@link TestNumberOptions}. No fault shows a number or a code. */
export function readTestNumbers(options: OptionReader): TestNumbers | undefined {
  if (options.value('testNumbers') === undefined) return undefined;
  const reader = options.nested('testNumbers', NAMES);
  return Object.freeze({ codes: readCodes(reader), until: readDay(reader) });
}

/** Warnings for the operator at startup. */
export function warningsOfTestNumbers(testNumbers: TestNumbers | undefined, now: number): readonly string[] {
  if (testNumbers?.until === undefined || !hasExpired(testNumbers, now)) return [];
  const day = testNumbers.until.toISOString().slice(0, 10);
  return [`testNumbers: until ${day} is over; they are ordinary numbers now, which are sent messages`];
}

function readCodes(reader: OptionReader): ReadonlyMap<string, string> {
  const codes = new Map<string, string>();
  if (reader.value('numbers') === undefined) reader.fault('numbers', 'is required');
  for (const [index, [text, code]] of Object.entries<unknown>({ ...reader.object('numbers') }).entries()) {
    const place = `number ${index + 1}`;
    const number = readNumber(text);
    if (number === undefined) reader.fault('numbers', `${place} is not a valid phone number written with +`);
    else if (codes.has(number)) reader.fault('numbers', `${place} is there already, in another spelling`);
    else if (typeof code === 'string' && isSecurityCode(code)) codes.set(number, code);
    else
      reader.fault(
        'numbers',
        `the code of ${place} must be a string of 4 to 32 printable ASCII characters without spaces`,
      );
  }
  return codes;
}

function readNumber(text: string): string | undefined {
  try {
    return parsePhoneNumber(text).e164;
  } catch (error) {
    if (error instanceof PhoneNumberInvalidError) return undefined;
    throw error;
  }
}

function readDay(reader: OptionReader): Date | undefined {
  const text = reader.value('until');
  if (text === undefined) {
    if (isProduction()) reader.fault('until', 'is required in production: the day on which they become ordinary');
    return undefined;
  }
  const day = typeof text === 'string' ? startOfDay(text) : undefined;
  if (day === undefined) reader.fault('until', 'must be a day as YYYY-MM-DD, such as "2027-01-01"');
  return day;
}

/** Read and written again, so that a day that the month does not have is none. */
function startOfDay(text: string): Date | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text ? day : undefined;
}
