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

const UNAVAILABLE = 'This does not work at the moment. Please try again later.';
const EXPIRED = 'This code has expired. Request a new one.';

const ENGLISH: PhoneVerifyTexts = {
  numberHeading: 'Verify your phone number',
  numberHint: 'We will send you a text message with a code.',
  country: 'Country',
  countrySearch: 'Search for a country',
  countriesFound: (count) => (count === 1 ? '1 country found' : `${count} countries found`),
  close: 'Close',
  number: 'Phone number',
  numberMissing: 'Enter your phone number.',
  send: 'Send code',
  sending: 'Sending…',
  waitOver: 'You can try again now.',
  codeHeading: 'Enter the code',
  codeHint: (phoneNumber) => `We sent it to ${phoneNumber}.`,
  codeExpiresIn: (minutes) => `The code expires in ${minutes === 1 ? '1 minute' : `${minutes} minutes`}.`,
  code: 'Code',
  codeIncomplete: 'Enter the whole code.',
  verify: 'Verify',
  verifying: 'Checking…',
  noMessage: 'No message?',
  checkNumber: (phoneNumber) => `Check the number: ${phoneNumber}`,
  changeNumber: 'Change number',
  resend: 'Send it again',
  resendReady: 'You can have the message sent again now.',
  resent: 'The code is on its way again.',
  lockedHeading: 'Too many wrong codes',
  expiredHeading: 'The code has expired',
  usedHeading: 'The code was used already',
  endedHint: 'Request a new code to continue.',
  requestNewCode: 'Request a new code',
  doneHeading: 'Phone number verified',
  doneHint: (phoneNumber) => phoneNumber,
  offline: 'You are offline. Check your connection and try again.',
  sendRefused: 'This message was not allowed, so it was not sent.',
  notVerified: 'Verify your phone number first.',
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
    before_send_failed: 'The message was not sent, because a check did not succeed. Please try again.',
  },
};

/** The built-in texts with changes. */
export function withChanges(changes: PhoneVerifyTextChanges): PhoneVerifyTexts {
  return { ...ENGLISH, ...changes, errors: { ...ENGLISH.errors, ...changes.errors } };
}

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
