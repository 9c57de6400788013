import { MAX_PHONE_NUMBER_LENGTH } from '../../phone-number/phone-number.js';
import { describeSent, MAX_FIELD_LENGTH } from '../bodies.js';
import { EXAMPLE_CODE, EXAMPLE_NUMBER, EXAMPLE_SESSION, EXAMPLE_TIME, EXAMPLE_VERIFICATION_TOKEN } from './examples.js';

/** The part of JSON Schema that the description uses. */
export interface Schema {
  type?: string;
  description?: string;
  example?: unknown;
  enum?: unknown[];
  maxLength?: number;
  minimum?: number;
  items?: Schema;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
}

const PHONE_NUMBER: Schema = {
  type: 'string',
  maxLength: MAX_PHONE_NUMBER_LENGTH,
  description: 'The number in any usual notation, preferably E.164.',
  example: EXAMPLE_NUMBER,
};

const SESSION_TOKEN: Schema = {
  type: 'string',
  maxLength: MAX_FIELD_LENGTH,
  description: 'Secret of this client, from the response to `register`.',
  example: EXAMPLE_SESSION.sessionToken,
};

const SECURITY_CODE: Schema = {
  type: 'string',
  maxLength: MAX_FIELD_LENGTH,
  description: 'The code as the person typed it. White space around it is trimmed.',
  example: EXAMPLE_CODE,
};

/** Request bodies by route. */
export function requestBodies(purposes: readonly string[]): Record<'register' | 'resend' | 'verify', Schema> {
  const purpose: Record<string, Schema> =
    purposes.length === 0
      ? {}
      : {
          purpose: {
            type: 'string',
            enum: ['', ...purposes],
            description: 'What the code is for.',
            example: purposes[0],
          },
        };
  const register = { phone_number: PHONE_NUMBER };
  const resend = { ...register, session_token: SESSION_TOKEN };
  const verify = { ...resend, security_code: SECURITY_CODE };
  return {
    register: object(register, purpose),
    resend: object(resend, purpose),
    verify: object(verify, purpose),
  };
}

const SENT_EXAMPLE = describeSent(EXAMPLE_SESSION, 'numeric', EXAMPLE_TIME);

/** The fields that describe a session to its client. */
export const SENT_FIELDS: Record<string, Schema> = {
  session_token: { ...SESSION_TOKEN, description: 'Secret of this client, to be sent with the code.' },
  phone_number: { type: 'string', description: 'E.164.', example: SENT_EXAMPLE.phone_number },
  expires_in: seconds('Until the code expires.', SENT_EXAMPLE.expires_in),
  resend_in: seconds('Until a resend is allowed.', SENT_EXAMPLE.resend_in),
  code_length: {
    type: 'integer',
    minimum: 1,
    description: 'Characters of the code.',
    example: SENT_EXAMPLE.code_length,
  },
  code_format: {
    type: 'string',
    enum: ['numeric', 'text'],
    description: '`numeric` for a code of digits only, otherwise `text`.',
    example: SENT_EXAMPLE.code_format,
  },
};

/** Response to `register` and `resend`. */
export const SENT_RESPONSE = object(SENT_FIELDS);

/** Response to `verify`. */
export const VERIFIED_RESPONSE = object(
  {
    message: { type: 'string', example: 'Security code is valid.' },
    phone_number: { type: 'string', description: 'E.164.', example: EXAMPLE_NUMBER },
  },
  {
    verification_token: {
      type: 'string',
      description: 'Proves the verified number to other routes. Absent if there is none to issue.',
      example: EXAMPLE_VERIFICATION_TOKEN,
    },
  },
);

/** An object with required and optional fields. */
export function object(required: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

export function seconds(description: string, example: number): Schema {
  return { type: 'integer', minimum: 0, description: `${description} Whole seconds.`, example };
}
