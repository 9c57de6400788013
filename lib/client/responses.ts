import { isWireCode, PhoneVerifyClientError } from './client-error.js';
import { isObject } from './received-response.js';
import { responseInvalid } from './unexpected-response.js';
import type { WireResponse } from './wire.js';

/** A session as a response describes it. */
export interface SentState {
  readonly sessionToken: string;
  /** E.164; of an older server, which does not say it, as it was written in the request. */
  readonly phoneNumber: string;
  /** Seconds from the response. */
  readonly expiresIn: number;
  /** Seconds from the response. */
  readonly resendIn: number;
  readonly codeLength: number;
  readonly codeFormat: PhoneVerifyCodeFormat;
}

/**
 * What a code consists of: ASCII digits only, or any characters.
 *
 * @publicApi
 */
export type PhoneVerifyCodeFormat = 'numeric' | 'text';

/**
 * A verified number.
 *
 * @publicApi
 */
export interface PhoneVerifyVerified {
  /** E.164. */
  readonly phoneNumber: string;
  /** Proves the number to the application's own routes. `undefined` if the server issued none. */
  readonly verificationToken: string | undefined;
}

type Body = WireResponse['body'];

/** Longest code that the routes accept. */
const MAX_CODE_LENGTH = 32;

/**
 * Reads a session; `undefined` if a field is missing or invalid.
 *
 * @param requested - The number in the request.
 */
export function readSent(body: Body, requested: string): SentState | undefined {
  const { session_token, phone_number = requested, expires_in, resend_in, code_length, code_format = 'text' } = body;
  if (!isText(session_token) || session_token === '' || !isText(phone_number)) return undefined;
  if (!isCount(code_length) || code_length === 0 || code_length > MAX_CODE_LENGTH) return undefined;
  if (!isCount(expires_in) || !isCount(resend_in)) return undefined;
  return {
    sessionToken: session_token,
    phoneNumber: phone_number,
    expiresIn: expires_in,
    resendIn: resend_in,
    codeLength: code_length,
    codeFormat: code_format === 'numeric' ? 'numeric' : 'text',
  };
}

/** Reads the response to a correct code; `undefined` if it is not one. */
export function readVerified({ phone_number, verification_token }: Body): PhoneVerifyVerified | undefined {
  if (!isText(phone_number) || phone_number === '') return undefined;
  if (verification_token !== undefined && !isText(verification_token)) return undefined;
  return { phoneNumber: phone_number, verificationToken: verification_token };
}

/** The error that a response describes. */
export async function readFailure(response: WireResponse): Promise<PhoneVerifyClientError> {
  const { status, body } = response;
  const { code, message, retry_after, attempts_left, errors } = body;
  if (status < 400 || !isWireCode(code)) return responseInvalid(response);
  const texts: unknown[] = Array.isArray(message) ? message : [message];
  return new PhoneVerifyClientError(code, texts.filter(isText).join(' '), {
    status,
    // After a failed delivery, the session in the response contains when a resend is allowed.
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
