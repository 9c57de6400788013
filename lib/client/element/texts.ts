import type { PhoneVerifyClientError, PhoneVerifyClientErrorCode } from '../client-error.js';

/**
 * The texts of the element. Times are formatted as `0:30`.
 *
 * @publicApi
 */
export interface PhoneVerifyTexts {
  readonly numberHeading: string;
  readonly numberHint: string;
  readonly country: string;
  readonly countrySearch: string;
  /** How many countries a search found. */
  readonly countriesFound: (count: number) => string;
  readonly close: string;
  readonly number: string;
  readonly numberMissing: string;
  readonly send: string;
  /** Announced while a message is sent. */
  readonly sending: string;
  /** How long a button has to wait, such as `in 2 minutes`. Default: in the words of the browser. */
  readonly readyIn: (seconds: number) => string;
  /** Announced when a wait has ended. */
  readonly waitOver: string;
  readonly codeHeading: string;
  readonly codeHint: (phoneNumber: string) => string;
  /** How long the code is valid. Also the warning a minute before it expires. */
  readonly codeExpiresIn: (minutes: number) => string;
  readonly code: string;
  readonly codeIncomplete: string;
  readonly verify: string;
  /** Announced while a code is checked. */
  readonly verifying: string;
  /** Opens what a person can do if no message arrives. */
  readonly noMessage: string;
  readonly checkNumber: (phoneNumber: string) => string;
  readonly changeNumber: string;
  readonly resend: string;
  /** Announced when the message can be sent again. */
  readonly resendReady: string;
  readonly resent: string;
  readonly lockedHeading: string;
  readonly expiredHeading: string;
  readonly usedHeading: string;
  readonly endedHint: string;
  readonly requestNewCode: string;
  readonly doneHeading: string;
  readonly doneHint: (phoneNumber: string) => string;
  readonly offline: string;
  /** In place of `rate_limited` if no wait helps, because the server's `authorizeSend` refused the message. */
  readonly sendRefused: string;
  /** Why a form cannot be submitted yet. */
  readonly notVerified: string;
  readonly errors: Readonly<Record<PhoneVerifyClientErrorCode, string | ((error: PhoneVerifyClientError) => string)>>;
}

/**
 * Texts that replace the built-in ones, one by one.
 *
 * @publicApi
 */
export type PhoneVerifyTextChanges = Partial<Omit<PhoneVerifyTexts, 'errors'>> & {
  readonly errors?: Partial<PhoneVerifyTexts['errors']>;
};

/** The text that the person sees for an error. */
export function describeError(texts: PhoneVerifyTexts, error: PhoneVerifyClientError): string {
  const { errors, offline, sendRefused } = texts;
  if (error.code === 'network_failed' && !navigator.onLine) return offline;
  if (error.code === 'rate_limited' && error.retryAfter === undefined) return sendRefused;
  const text = errors[error.code];
  return typeof text === 'function' ? text(error) : text;
}

/** Seconds as `0:30`, `12:05` or `1:00:00`. */
export function clockTime(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts.slice(seconds < 3600 ? 1 : 0);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
