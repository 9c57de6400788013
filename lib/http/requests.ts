import { applyDecorators } from '@nestjs/common';
import { IsDefined, IsString, MaxLength } from 'class-validator';
import { MAX_PHONE_NUMBER_LENGTH } from '../phone-number/phone-number.js';

/** A token has 43 characters and a code 32 at most; white space around a typed code is dropped later. */
export const MAX_FIELD_LENGTH = 64;

/** Keys of class-validator's constraints, the one that is told first in front. */
export const CONSTRAINTS = ['isDefined', 'isString', 'maxLength'] as const;

/** Tells that a field is of another type. */
export const NOT_A_STRING = 'Not a valid string.';

function Field(maxLength: number): PropertyDecorator {
  return applyDecorators(
    IsDefined({ message: 'This field is required.' }),
    IsString({ message: NOT_A_STRING }),
    MaxLength(maxLength, { message: `Ensure this field has no more than ${maxLength} characters.` }),
  );
}

/** Body of `POST /phone/register`. */
export class RegisterRequest {
  /** The number as the person wrote it. */
  @Field(MAX_PHONE_NUMBER_LENGTH)
  phone_number = '';

  /** What the code is for; `undefined` where the module has no purposes. Which there are is known when it is read. */
  purpose: string | undefined = undefined;
}

/** Body of `POST /phone/resend`. */
export class ResendRequest extends RegisterRequest {
  /** From the answer to `register`. */
  @Field(MAX_FIELD_LENGTH)
  session_token = '';
}

/** Body of `POST /phone/verify`. */
export class VerifyRequest extends ResendRequest {
  /** The code as the person typed it. */
  @Field(MAX_FIELD_LENGTH)
  security_code = '';
}
