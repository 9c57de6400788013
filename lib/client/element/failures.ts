import { PhoneVerifyClientError } from '../client-error.js';
import { type Ending, ENDINGS } from '../session-endings.js';

/** Failures that concern what was typed. */
const ABOUT_INPUT: ReadonlySet<string> = new Set([
  'request_invalid',
  'phone_number_invalid',
  'phone_number_not_allowed',
  'security_code_invalid',
]);

/** Why only a new code can help after an error; `undefined` if another try can. */
export function endingOf({ code, attemptsLeft }: PhoneVerifyClientError): Ending | undefined {
  return attemptsLeft === 0 ? 'locked' : ENDINGS.get(code);
}

export function isAboutInput({ code }: PhoneVerifyClientError): boolean {
  return ABOUT_INPUT.has(code);
}

/** What a call threw, as the error that it means for the person. */
export function asClientError(thrown: unknown): PhoneVerifyClientError {
  if (thrown instanceof PhoneVerifyClientError) return thrown;
  return new PhoneVerifyClientError('network_failed', 'Client failed.', { cause: thrown });
}
