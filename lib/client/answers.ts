import { isWireCode, PhoneVerifyClientError } from './client-error.js';
import { isObject, responseInvalid, type WireAnswer } from './wire.js';

/** A session as an answer tells it. */
export interface SentAnswer {
  readonly sessionToken: string;
  /** Seconds from the answer. */
  readonly expiresIn: number;
  /** Seconds from the answer. */
  readonly resendIn: number;
  readonly codeLength: number;
}

/**
 * A number that was verified.
 *
 * @publicApi
 */
export interface PhoneVerifyVerified {
  /** E.164. */
  readonly phoneNumber: string;
  /** The proof for the application's own routes; missing where the server gave none. */
  readonly verificationToken: string | undefined;
}

type Body = WireAnswer['body'];

/** Longest code that the routes take. */
const MAX_CODE_LENGTH = 32;

/** Reads a session; `undefined` where a field is missing or is not what it should be. */
export function readSent({ session_token, expires_in, resend_in, code_length }: Body): SentAnswer | undefined {
  const isSession = typeof session_token === 'string' && session_token !== '';
  const isLength = isCount(code_length) && code_length > 0 && code_length <= MAX_CODE_LENGTH;
  if (!isSession || !isLength || !isCount(expires_in) || !isCount(resend_in)) return undefined;
  return { sessionToken: session_token, expiresIn: expires_in, resendIn: resend_in, codeLength: code_length };
}

/** Reads the answer to a right code; `undefined` where it is not one. */
export function readVerified({ phone_number, verification_token }: Body): PhoneVerifyVerified | undefined {
  if (typeof phone_number !== 'string' || phone_number === '') return undefined;
  if (verification_token !== undefined && typeof verification_token !== 'string') return undefined;
  return { phoneNumber: phone_number, verificationToken: verification_token };
}

/** The error that an answer tells, whatever else it carries. */
export function readFailure({ status, body }: WireAnswer): PhoneVerifyClientError {
  const { code, message, retry_after, attempts_left, errors } = body;
  if (status < 400 || !isWireCode(code)) return responseInvalid(status);
  const texts: unknown[] = Array.isArray(message) ? message : [message];
  return new PhoneVerifyClientError(code, texts.filter(isText).join(' '), {
    status,
    // After a failed delivery the session that comes along says when the next try is allowed.
    retryAfter: [retry_after, body.resend_in].find(isCount),
    attemptsLeft: isCount(attempts_left) ? attempts_left : undefined,
    errors: isObject(errors) ? textsByField(errors) : undefined,
  });
}

function textsByField(errors: Body): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(errors).map(([field, texts]) => [field, Array.isArray(texts) ? texts.filter(isText) : []]),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
