import type { SendReceipt } from '../common/send-receipt.js';

/**
 * Numbers with a fixed code, checked.
 *
 * @publicApi
 */
export interface TestNumbers {
  /** The code of each number in E.164. */
  readonly codes: ReadonlyMap<string, string>;
  /** From this instant they are ordinary numbers; never when there is none. */
  readonly until: Date | undefined;
}

/** What the note of a send names in a backend's place. */
export const TEST_NUMBER_RECEIPT: SendReceipt = { backend: 'test-number' };

/** The fixed code of a number in E.164; `undefined` for an ordinary one, and when the time of the test numbers is over. */
export function testCodeOf(e164: string, testNumbers: TestNumbers | undefined, now: number): string | undefined {
  return testNumbers === undefined || isOver(testNumbers, now) ? undefined : testNumbers.codes.get(e164);
}

/** Whether they are ordinary numbers by now. */
export function isOver({ until }: TestNumbers, now: number): boolean {
  return until !== undefined && now >= until.getTime();
}
