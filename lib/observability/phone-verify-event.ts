import type { SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import type { LimitRule } from '../common/limit-rule.js';
import type { VerificationStatus } from '../common/verification-status.js';

/**
 * Names of the events.
 *
 * @publicApi
 */
export const PhoneVerifyEvents = {
  /** A backend took a message: {@link SentEvent}. */
  Sent: 'phone-verify.sent',
  /** A message did not go: {@link SendFailedEvent}. */
  SendFailed: 'phone-verify.send-failed',
  /** A code was right: {@link VerifiedEvent}. */
  Verified: 'phone-verify.verified',
  /** A code was not accepted: {@link CheckFailedEvent}. */
  CheckFailed: 'phone-verify.check-failed',
  /** A session has no attempts left: {@link LockedEvent}. */
  Locked: 'phone-verify.locked',
  /** A send was beyond a limit: {@link RateLimitedEvent}. */
  RateLimited: 'phone-verify.rate-limited',
} as const;

/**
 * What every event tells. Never a code or a token.
 *
 * @publicApi
 */
export interface EventSubject {
  /** E.164, masked (`+141******71`) unless the module has `events: { fullNumbers: true }`. */
  readonly phoneNumber: string;
  /** ISO 3166-1 alpha-2; `undefined` for numbers of no country. */
  readonly country: string | undefined;
  /** What the code is for. */
  readonly purpose: string;
}

/**
 * A backend took a message with a code. A test number is sent nothing, so it has no such event.
 *
 * @publicApi
 */
export interface SentEvent extends EventSubject {
  readonly name: 'phone-verify.sent';
  /** Name of the backend that took it. */
  readonly backend: string;
  /** The provider's id of the message, when it gave one. */
  readonly messageId: string | undefined;
  /** Segments that the provider counted. */
  readonly segments: number | undefined;
  /** Whether the code of an open session went out again. */
  readonly isResend: boolean;
  /** How long the backend took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * A message did not go, or nobody knows whether it went.
 *
 * @publicApi
 */
export interface SendFailedEvent extends EventSubject {
  readonly name: 'phone-verify.send-failed';
  /** Name of the outermost backend. */
  readonly backend: string;
  /** Why it did not go. */
  readonly kind: SmsDeliveryErrorKind;
  /** The provider's own code, when it gave one. */
  readonly providerCode: string | undefined;
  /** Whether the code of an open session was to go out again. */
  readonly isResend: boolean;
  /** How long the backend took, in milliseconds. */
  readonly durationMs: number;
}

/**
 * A code was right. With `verifyOnlyOnce: false` this happens again for each right code of a session.
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
  /** Why. */
  readonly outcome: Exclude<VerificationStatus, VerificationStatus.Valid>;
  /** Wrong codes that the session still takes; known with `Invalid` alone. */
  readonly attemptsLeft: number | undefined;
}

/**
 * A wrong code used the last of a session's attempts. Once for each session, after its {@link CheckFailedEvent}.
 *
 * @publicApi
 */
export interface LockedEvent extends EventSubject {
  readonly name: 'phone-verify.locked';
}

/**
 * A send was beyond a limit, or was refused by the application's own `authorizeSend`.
 *
 * @publicApi
 */
export interface RateLimitedEvent extends EventSubject {
  readonly name: 'phone-verify.rate-limited';
  /** The option that has the limit; `application` for `authorizeSend`. */
  readonly rule: LimitRule | 'application';
  /** `false` where the limit only reports: the message went out. */
  readonly enforced: boolean;
  /** Seconds until this rule would let a message through; `undefined` for `application`, which has no window. */
  readonly retryAfterSeconds: number | undefined;
}

/**
 * What happened. Inside the library with the whole number; listeners of the application are given it masked.
 *
 * @publicApi
 */
export type PhoneVerifyEvent =
  SentEvent | SendFailedEvent | VerifiedEvent | CheckFailedEvent | LockedEvent | RateLimitedEvent;
