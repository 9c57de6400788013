import { applyDecorators } from '@nestjs/common';
import { Expose } from 'class-transformer';
import { IsDefined, IsString, MaxLength } from 'class-validator';
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
