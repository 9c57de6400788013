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
  readonly number: string;
  readonly numberMissing: string;
  readonly send: string;
  readonly sending: string;
  readonly tryAgain: string;
  /** On a button with a countdown. */
  readonly tryAgainIn: (time: string) => string;
  readonly codeHeading: string;
  readonly codeHint: (phoneNumber: string) => string;
  readonly code: string;
  readonly codeIncomplete: string;
  readonly verify: string;
  readonly verifying: string;
  readonly resend: string;
  readonly resendIn: (time: string) => string;
  readonly resent: string;
  readonly changeNumber: string;
  readonly requestNewCode: string;
  readonly doneHeading: string;
  readonly doneHint: (phoneNumber: string) => string;
  readonly offline: string;
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
export function describeError({ errors, offline }: PhoneVerifyTexts, error: PhoneVerifyClientError): string {
  if (error.code === 'network_failed' && !navigator.onLine) return offline;
  const text = errors[error.code];
  return typeof text === 'function' ? text(error) : text;
}

/** Seconds as `0:30`, `12:05` or `1:00:00`. */
export function clockTime(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts.slice(seconds < 3600 ? 1 : 0);
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
