import type { Type } from '@nestjs/common';
import type * as Swagger from '@nestjs/swagger';
import { loadOptional } from '../../common/optional-package.js';
import type { ErrorResponse } from '../error-response.js';
import {
  object,
  requestBodies,
  type Schema,
  seconds,
  SENT_FIELDS,
  SENT_RESPONSE,
  VERIFIED_RESPONSE,
} from './bodies.js';
import { failuresOfRoutes, type RouteFailures } from './failures.js';

/** The routes' tag in a document. */
const TAG = 'Phone verification';

type RouteName = keyof RouteFailures;

interface Route {
  readonly name: RouteName;
  readonly summary: string;
  readonly description: string;
  readonly success: Schema;
  readonly sends: boolean;
}

const ROUTES: readonly Route[] = [
  {
    name: 'register',
    summary: 'Send a code',
    description: 'Opens a session for a phone number and sends its code.',
    success: SENT_RESPONSE,
    sends: true,
  },
  {
    name: 'resend',
    summary: 'Send the code again',
    description: 'Sends the code of an open session again. Its expiry and failed attempts do not change.',
    success: SENT_RESPONSE,
    sends: true,
  },
  {
    name: 'verify',
    summary: 'Check a code',
    description: 'Checks the code that the person typed. A session accepts a limited number of wrong codes.',
    success: VERIFIED_RESPONSE,
    sends: false,
  },
];

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'The request, the number or the code is refused. `code` says why.',
  415: 'The body is not `application/json`.',
  429: 'Too many messages. Try again after `retry_after` seconds.',
  502: 'The message was not sent. The session stays open: if `retryable` is true, request a resend.',
  503: 'Temporarily unavailable.',
};

const NO_STORE = { 'Cache-Control': { schema: { type: 'string', enum: ['no-store'] } } };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } };

/**
 * Describes the routes of a controller for `@nestjs/swagger`, where it is installed: adds metadata to its handlers, and
 * changes nothing else.
 *
 * @param purposes - Those of the module's options.
 * @returns Whether `@nestjs/swagger` is installed.
 */
export async function describeController(controller: Type<object>, purposes: readonly string[]): Promise<boolean> {
  const swagger = await loadOptional('@nestjs/swagger', () => import('@nestjs/swagger'));
  if (swagger === undefined) return false;
  const { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } = swagger;
  const bodies = requestBodies(purposes);
  const failures = failuresOfRoutes();
  ApiTags(TAG)(controller);
  for (const { name, summary, description, success, sends } of ROUTES) {
    const language = {
      name: 'Accept-Language',
      description: 'Language of the message.',
      required: false,
      schema: { type: 'string', example: 'en' },
    };
    const ok = { status: 200, description: 'Success.', headers: NO_STORE, content: json({ schema: success }) };
    const decorators = [
      ApiOperation({ summary, description }),
      ApiBody({ schema: bodies[name], required: true }),
      ...(sends ? [ApiHeader(language)] : []),
      ApiResponse(ok),
      ...describeFailures(failures[name]).map((failure) => ApiResponse(failure)),
    ];
    Reflect.decorate(
      decorators,
      controller.prototype,
      name,
      Object.getOwnPropertyDescriptor(controller.prototype, name),
    );
  }
  return true;
}

/** One response for each status, with an example for each code. */
function describeFailures(failures: readonly ErrorResponse[]): Swagger.ApiResponseOptions[] {
  const statuses = [...new Set(failures.map(({ statusCode }) => statusCode))].toSorted((one, other) => one - other);
  return statuses.map((status) => {
    const responses = failures.filter(({ statusCode }) => statusCode === status);
    const examples = Object.fromEntries(
      responses.map((value) => [value.code, { summary: [value.message].flat().join(' '), value }]),
    );
    return {
      status,
      description: STATUS_TEXTS[status] ?? '',
      headers: { ...NO_STORE, ...(status === 429 && RETRY_AFTER) },
      content: json({ schema: schemaOf(status, responses), examples }),
    };
  });
}

function schemaOf(status: number, responses: readonly ErrorResponse[]): Schema {
  const text: Schema = { type: 'string' };
  const texts: Schema = { type: 'array', items: text };
  const extras: Record<string, Schema> = {
    errors: { type: 'object', description: 'Texts by field.', additionalProperties: texts },
    attempts_left: { type: 'integer', minimum: 0, description: 'Wrong codes that the session still accepts.' },
    retry_after: seconds('Until the next attempt.', 30),
    retryable: { type: 'boolean', description: 'Whether another message to this number can succeed.' },
    ...SENT_FIELDS,
  };
  const isUsed = ([name]: [string, Schema]): boolean => responses.some((response) => name in response);
  const required: Record<string, Schema> = {
    statusCode: { type: 'integer', enum: [status] },
    error: text,
    message: responses.some(({ message }) => typeof message !== 'string')
      ? { description: 'For people.', oneOf: [text, texts] }
      : text,
    code: { type: 'string', enum: [...new Set(responses.map(({ code }) => code))], description: 'Stable.' },
  };
  return object(required, Object.fromEntries(Object.entries(extras).filter(isUsed)));
}

function json<Media>(media: Media): Record<string, Media> {
  return { 'application/json': media };
}
