import type { LimitRule } from '../limits/limit.js';

/** A send was beyond a limit, or was refused by the application's own `authorizeSend`. */
export interface RateLimitedEvent {
  readonly name: 'phone-verify.rate-limited';
  /** E.164. */
  readonly phoneNumber: string;
  /** ISO 3166-1 alpha-2; `undefined` for numbers of no country. */
  readonly country: string | undefined;
  readonly purpose: string;
  readonly rule: LimitRule | 'application';
  /** `false` where the limit only reports: the message went out. */
  readonly enforced: boolean;
  /** Seconds until this rule would let a message through; `undefined` for `application`, which has no window. */
  readonly retryAfterSeconds: number | undefined;
}

/** What happened, with the whole number, for listeners inside the library. Never a code or a token. */
export type PhoneVerifyEvent = RateLimitedEvent;
