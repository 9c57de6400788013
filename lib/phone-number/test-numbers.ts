import type { SendReceipt } from '../common/send-receipt.js';

/**
 * Numbers with a fixed code, checked.
 *
 * @publicApi
 */
export interface TestNumbers {
  /** The code of each number in E.164. */
  readonly codes: ReadonlyMap<string, string>;
  /** From this instant they are ordinary numbers; `undefined` for no end. */
  readonly until: Date | undefined;
}

/** The receipt of a send to a test number. No backend is called. */
export const TEST_NUMBER_RECEIPT: SendReceipt = { backend: 'test-number' };

/** The fixed code of a number in E.164; `undefined` for an ordinary number, and once the test numbers have expired. */
export function testCodeOf(e164: string, testNumbers: TestNumbers, now: number): string | undefined {
  return hasExpired(testNumbers, now) ? undefined : testNumbers.codes.get(e164);
}

/** Whether the test numbers have expired, and are ordinary numbers. */
export function hasExpired({ until }: TestNumbers, now: number): boolean {
  return until !== undefined && now >= until.getTime();
}
