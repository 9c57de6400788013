import { PhoneVerifyClientError } from './client-error.js';
import { readCode } from './element/code-text.js';
import type { SentState } from './responses.js';

/**
 * A code as it is sent: without white space and, in a code of digits, without punctuation and with the digits of every
 * script as ASCII.
 *
 * @throws {@link PhoneVerifyClientError} `security_code_incomplete` if it has not as many characters as the code of the
 *   session: it would only use up an attempt.
 */
export function requireCode(typed: string, { codeFormat, codeLength }: SentState): string {
  const code = readCode(typed, codeLength, codeFormat);
  if (code?.length === codeLength) return code;
  throw new PhoneVerifyClientError('security_code_incomplete', `The code has ${codeLength} characters.`);
}
