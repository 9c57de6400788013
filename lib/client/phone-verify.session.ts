import type { PhoneVerifyCodeFormat, SentState } from './responses.js';
import type { ReceivedSession } from './session-record.js';

/**
 * A snapshot of an open session: the seconds count from when it was read. They follow the time that has passed, not the
 * clock, and the server decides: a code is sent to it even if the session seems to have expired.
 *
 * @publicApi
 */
export interface PhoneVerifySession {
  /** E.164, however it was written. */
  readonly phoneNumber: string;
  /** Number of characters in the code. */
  readonly codeLength: number;
  /** Whether the code consists of digits (`numeric`) or of any characters (`text`). */
  readonly codeFormat: PhoneVerifyCodeFormat;
  /** Whether a message was sent; `false` after `sms_delivery_failed` on `register`. */
  readonly isSent: boolean;
  /** Whole seconds until the session expires. */
  readonly expiresIn: number;
  /** Whole seconds until a resend is allowed; 0 if it is. */
  readonly resendIn: number;
  /**
   * `false` once this browser's clock has jumped forward: it was set, or the computer slept, which a page cannot tell
   * apart. Then the seconds are the most that can be left.
   */
  readonly isTimeExact: boolean;
}

/** What an application sees of a session that has so many seconds left. */
export function snapshotOf(
  { phoneNumber, codeLength, codeFormat, isSent, isTimeExact = true }: ReceivedSession,
  { expiresIn, resendIn }: Pick<SentState, 'expiresIn' | 'resendIn'>,
): PhoneVerifySession {
  return { phoneNumber, codeLength, codeFormat, isSent, expiresIn, resendIn, isTimeExact };
}
