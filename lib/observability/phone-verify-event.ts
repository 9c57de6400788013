import type { SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import type { LimitRule } from '../common/limit-rule.js';
import type { VerificationStatus } from '../common/verification-status.js';

/**
 * Names of the events.
 *
 * @publicApi
 */
export const PhoneVerifyEvents = {
  /** A backend accepted a message: {@link SentEvent}. */
  Sent: 'phone-verify.sent',
  /** A message was not sent: {@link SendFailedEvent}. */
  SendFailed: 'phone-verify.send-failed',
  /** A code was correct: {@link VerifiedEvent}. */
  Verified: 'phone-verify.verified',
  /** A code was not accepted: {@link CheckFailedEvent}. */
  CheckFailed: 'phone-verify.check-failed',
  /** A session has no attempts left: {@link LockedEvent}. */
  Locked: 'phone-verify.locked',
  /** A send exceeded a limit: {@link RateLimitedEvent}. */
  RateLimited: 'phone-verify.rate-limited',
} as const;

/**
 * Properties of every event. No event contains a code or a token.
 *
 * @publicApi
 */
export interface EventSubject {
  /** E.164, masked (`+141******71`) unless the module has `events: { fullNumbers: true }`. */
  readonly phoneNumber: string;
  /** ISO 3166-1 alpha-2; `undefined` for numbers without a country. */
  readonly country: string | undefined;
  /** What the code is for. */
  readonly purpose: string;
}

/**
 * A backend accepted a message with a code. Nothing is sent to a test number, so it has no such event.
 *
 * @publicApi
 */
export interface SentEvent extends EventSubject {
  readonly name: 'phone-verify.sent';
  /** Name of the backend that accepted it. */
  readonly backend: string;
  /** The provider's id of the message, if there is one. */
  readonly messageId: string | undefined;
  /** Segments that the provider counted. */
  readonly segments: number | undefined;
  /** Whether this was a resend. */
  readonly isResend: boolean;
  /** How long the backend took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * A message was not sent, or the outcome is unknown.
 *
 * @publicApi
 */
export interface SendFailedEvent extends EventSubject {
  readonly name: 'phone-verify.send-failed';
  /** Name of the outermost backend. */
  readonly backend: string;
  /** Why it was not sent. */
  readonly kind: SmsDeliveryErrorKind;
  /** The provider's error code, if there is one. */
  readonly providerCode: string | undefined;
  /** Whether this was a resend. */
  readonly isResend: boolean;
  /** How long the backend took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * A code was correct. With `verifyOnlyOnce: false` this event is emitted for each correct code of a session.
 *
 * @publicApi
 */
export interface VerifiedEvent extends EventSubject {
  readonly name: 'phone-verify.verified';
}

/**
 * A code was not accepted.
 *
 * @publicApi
 */
export interface CheckFailedEvent extends EventSubject {
  readonly name: 'phone-verify.check-failed';
  /** Why it was not accepted. */
  readonly outcome: Exclude<VerificationStatus, VerificationStatus.Valid>;
  /** Wrong codes that the session still accepts; only with `Invalid`. */
  readonly attemptsLeft: number | undefined;
}

/**
 * A wrong code used the last attempt of a session. Emitted once for each session, after its {@link CheckFailedEvent}.
 *
 * @publicApi
 */
export interface LockedEvent extends EventSubject {
  readonly name: 'phone-verify.locked';
}

/**
 * A send exceeded a limit, or the application's `authorizeSend` refused it.
 *
 * @publicApi
 */
export interface RateLimitedEvent extends EventSubject {
  readonly name: 'phone-verify.rate-limited';
  /** The option that configures the limit; `application` for `authorizeSend`. */
  readonly rule: LimitRule | 'application';
  /** `false` if the limit only reports and does not refuse. */
  readonly enforced: boolean;
  /** Seconds until this rule allows a message; `undefined` for `application`, which has no window. */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * Any event. Inside the library it has the full number; listeners of the application get a masked one.
 *
 * @publicApi
 */
export type PhoneVerifyEvent =
  SentEvent | SendFailedEvent | VerifiedEvent | CheckFailedEvent | LockedEvent | RateLimitedEvent;
