import { MAX_PHONE_NUMBER_LENGTH } from '../../phone-number/phone-number.js';
import { MAX_FIELD_LENGTH } from '../requests.js';
import { describeSent } from '../responses.js';
import { EXAMPLE_CODE, EXAMPLE_NUMBER, EXAMPLE_SESSION, EXAMPLE_TIME, EXAMPLE_VERIFICATION_TOKEN } from './examples.js';

/** What the description needs of a JSON schema. */
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
}

const PHONE_NUMBER: Schema = {
  type: 'string',
  maxLength: MAX_PHONE_NUMBER_LENGTH,
  description: 'The number in any usual spelling; E.164 is best.',
  example: EXAMPLE_NUMBER,
};

const SESSION_TOKEN: Schema = {
  type: 'string',
  maxLength: MAX_FIELD_LENGTH,
  description: 'A secret of this client, from the answer to `register`.',
  example: EXAMPLE_SESSION.sessionToken,
};

const SECURITY_CODE: Schema = {
  type: 'string',
  maxLength: MAX_FIELD_LENGTH,
  description: 'The code as the person typed it; white space around it is dropped.',
  example: EXAMPLE_CODE,
};

/** Bodies of the requests by route. */
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

const SENT_EXAMPLE = describeSent(EXAMPLE_SESSION, EXAMPLE_TIME);

/** Fields of a session that the client needs. */
export const SENT_FIELDS: Record<string, Schema> = {
  session_token: { ...SESSION_TOKEN, description: 'A secret of this client, to be shown with the code.' },
  expires_in: seconds('Until the code is over.', SENT_EXAMPLE.expires_in),
  resend_in: seconds('Until the code may be sent again.', SENT_EXAMPLE.resend_in),
  code_length: {
    type: 'integer',
    minimum: 1,
    description: 'Characters of the code.',
    example: SENT_EXAMPLE.code_length,
  },
};

/** Answer to `register` and `resend`. */
export const SENT_RESPONSE = object(SENT_FIELDS);

/** Answer to `verify`. */
export const VERIFIED_RESPONSE = object(
  {
    message: { type: 'string', example: 'Security code is valid.' },
    phone_number: { type: 'string', description: 'E.164.', example: EXAMPLE_NUMBER },
  },
  {
    verification_token: {
      type: 'string',
      description: 'Proof of the verified number for other routes; absent when there is none to give.',
      example: EXAMPLE_VERIFICATION_TOKEN,
    },
  },
);

/** An object with fields that are there and fields that may be. */
export function object(required: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

export function seconds(description: string, example: number): Schema {
  return { type: 'integer', minimum: 0, description: `${description} Whole seconds.`, example };
}
