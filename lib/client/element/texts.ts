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
  readonly codeHint: (phoneNumber: string, codeLength: number) => string;
  readonly code: string;
  readonly codeIncomplete: (codeLength: number) => string;
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

const UNAVAILABLE = 'This does not work at the moment. Please try again later.';
const EXPIRED = 'This code has expired. Request a new one.';

const ENGLISH: PhoneVerifyTexts = {
  numberHeading: 'Verify your phone number',
  numberHint: 'We will send you a text message with a code.',
  country: 'Country',
  number: 'Phone number',
  numberMissing: 'Enter your phone number.',
  send: 'Send code',
  sending: 'Sending…',
  tryAgain: 'Try again',
  tryAgainIn: (time) => `Try again in ${time}`,
  codeHeading: 'Enter the code',
  codeHint: (phoneNumber, codeLength) => `We sent a code of ${codeLength} digits to ${phoneNumber}`,
  code: 'Code',
  codeIncomplete: (codeLength) => `Enter all ${codeLength} digits of the code.`,
  verify: 'Verify',
  verifying: 'Checking…',
  resend: 'Send it again',
  resendIn: (time) => `Send it again in ${time}`,
  resent: 'The code is on its way again.',
  changeNumber: 'Change number',
  requestNewCode: 'Request a new code',
  doneHeading: 'Phone number verified',
  doneHint: (phoneNumber) => phoneNumber,
  offline: 'You are offline. Check your connection and try again.',
  errors: {
    request_invalid: 'Please check what you entered.',
    phone_number_invalid: 'Enter a valid phone number.',
    phone_number_not_allowed: 'This phone number cannot be used.',
    security_code_invalid: ({ attemptsLeft }) =>
      `That code is not right.${attemptsLeft === undefined ? '' : ` ${attemptsLeft === 1 ? 'One try' : `${attemptsLeft} tries`} left.`}`,
    security_code_expired: EXPIRED,
    security_code_verified: 'This code was used already. Request a new one.',
    security_code_too_many_attempts: 'Too many wrong codes. Request a new one.',
    phone_not_verified: UNAVAILABLE,
    media_type_unsupported: UNAVAILABLE,
    rate_limited: 'Too many requests. Please wait before you try again.',
    sms_delivery_failed: 'The message could not be sent. Please try again.',
    service_unavailable: UNAVAILABLE,
    network_failed: 'The server could not be reached. Please try again.',
    timed_out: 'The server takes too long to respond. Please try again.',
    response_invalid: UNAVAILABLE,
    session_missing: EXPIRED,
  },
};

/** The built-in texts with changes. */
export function withChanges(changes: PhoneVerifyTextChanges): PhoneVerifyTexts {
  return { ...ENGLISH, ...changes, errors: { ...ENGLISH.errors, ...changes.errors } };
}

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
