import { applyDecorators } from '@nestjs/common';
import { Expose } from 'class-transformer';
import { IsDefined, IsString, MaxLength } from 'class-validator';
import type { CodeFormat } from '../common/code-format.js';
import type { SentVerification } from '../common/sent-verification.js';
import { MAX_PHONE_NUMBER_LENGTH } from '../phone-number/phone-number.js';

/** A token has 43 characters and a code at most 32; white space around a typed code is trimmed later. */
export const MAX_FIELD_LENGTH = 64;

/** Keys of class-validator's constraints. Of several that fail, the response has the text of the first. */
export const CONSTRAINTS = ['isDefined', 'isString', 'maxLength'] as const;

/** The text for a field of another type. */
export const NOT_A_STRING = 'Not a valid string.';

function Field(maxLength: number): PropertyDecorator {
  return applyDecorators(
    Expose(),
    IsDefined({ message: 'This field is required.' }),
    IsString({ message: NOT_A_STRING }),
    MaxLength(maxLength, { message: `Ensure this field has no more than ${maxLength} characters.` }),
  );
}

/** What the code is for. The purposes are an option of the module, so `readBody` validates it. */
type Purpose = string | undefined;

/** Body of `POST /phone/register`. */
export class RegisterRequest {
  /** The number as the person wrote it. */
  @Field(MAX_PHONE_NUMBER_LENGTH)
  phone_number = '';

  @Expose()
  purpose: Purpose = undefined;
}

// Each body names all its fields: what a class inherits is looked up anew for every request, which takes twice as long.

/** Body of `POST /phone/resend`. */
export class ResendRequest {
  /** The number as the person wrote it. */
  @Field(MAX_PHONE_NUMBER_LENGTH)
  phone_number = '';

  /** From the response to `register`. */
  @Field(MAX_FIELD_LENGTH)
  session_token = '';

  @Expose()
  purpose: Purpose = undefined;
}

/** Body of `POST /phone/verify`. */
export class VerifyRequest {
  /** The number as the person wrote it. */
  @Field(MAX_PHONE_NUMBER_LENGTH)
  phone_number = '';

  /** From the response to `register`. */
  @Field(MAX_FIELD_LENGTH)
  session_token = '';

  /** The code as the person typed it. */
  @Field(MAX_FIELD_LENGTH)
  security_code = '';

  @Expose()
  purpose: Purpose = undefined;
}

/** Response to `register` and `resend`. */
export interface SentResponse {
  readonly session_token: string;
  /** E.164. */
  readonly phone_number: string;
  /** Whole seconds from now, rounded down. */
  readonly expires_in: number;
  /** Whole seconds from now, rounded up. */
  readonly resend_in: number;
  readonly code_length: number;
  /** `numeric` for a code of digits only, otherwise `text`. */
  readonly code_format: CodeFormat;
}

/** Response to `verify`. */
export interface VerifiedResponse {
  readonly message: string;
  /** E.164. */
  readonly phone_number: string;
  /** Proves the verified number to the application's own routes. */
  readonly verification_token?: string;
}

/** The response that describes an open session. */
export function describeSent(sent: SentVerification, codeFormat: CodeFormat, now: number): SentResponse {
  return {
    session_token: sent.sessionToken,
    phone_number: sent.phoneNumber,
    expires_in: Math.max(0, Math.floor((sent.expiresAt.getTime() - now) / 1000)),
    resend_in: Math.max(0, Math.ceil((sent.resendAt.getTime() - now) / 1000)),
    code_length: sent.codeLength,
    code_format: codeFormat,
  };
}
