import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import type { IncomingRequest } from '../common/incoming-request.js';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { CONSTRAINTS, NOT_A_STRING } from './bodies.js';

/** The request's media type is not `application/json`: a form could be posted from another site. */
export class MediaTypeUnsupportedError extends PhoneVerifyError {
  override readonly code = 'media_type_unsupported';

  constructor() {
    super('Send JSON.');
  }
}

/** A field of the body is missing, not a string, or too long. */
export class RequestInvalidError extends PhoneVerifyError {
  override readonly code = 'request_invalid';

  constructor(
    /** Texts for people, by field. */
    readonly errors: Readonly<Record<string, readonly string[]>>,
  ) {
    super('The request is not valid.');
  }
}

/** @throws {@link MediaTypeUnsupportedError} for anything but `application/json`, no content type included. */
export function requireJson(request: IncomingRequest): void {
  if (!isJson(request)) throw new MediaTypeUnsupportedError();
}

/** Whether a request declares its body as JSON. */
export function isJson({ headers }: IncomingRequest): boolean {
  const contentType = headers['content-type'];
  if (contentType === 'application/json') return true;
  const [mediaType] = String(contentType ?? '').split(';');
  return mediaType?.trim().toLowerCase() === 'application/json';
}

/**
 * Reads and validates a body. Fields that the type does not name are dropped, and so is `purpose` where the module has
 * no purposes.
 *
 * @throws {@link RequestInvalidError} with a text for each invalid field.
 */
export function readBody<Request extends { purpose: string | undefined }>(
  type: new () => Request,
  body: unknown,
  purposes: readonly string[],
): Request {
  const fields = flatFields(Object.keys(new type()), body);
  const request = plainToInstance(type, fields, { excludeExtraneousValues: true });
  if (purposes.length === 0) request.purpose = undefined;
  const errors = validateSync(request).map(describeError).concat(describePurpose(request.purpose, purposes));
  if (errors.length > 0) throw new RequestInvalidError(Object.fromEntries(errors));
  return request;
}

/**
 * The named fields of a body, with `false` for every object and list. class-transformer would follow these to any depth
 * and construct whatever they name as their `constructor`; no field of ours takes one, and `false` is refused the same.
 */
function flatFields(names: readonly string[], body: unknown): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    const value = readField(body, name);
    fields[name] = typeof value === 'object' && value !== null ? false : value;
  }
  return fields;
}

/** A body's own field, never an inherited one. */
export function readField(body: unknown, field: string): unknown {
  const given: object = typeof body === 'object' && body !== null ? body : {};
  return Object.getOwnPropertyDescriptor(given, field)?.value;
}

function describePurpose(purpose: unknown, purposes: readonly string[]): [string, string[]][] {
  if (purpose === undefined || purpose === '') return [];
  if (typeof purpose !== 'string') return [['purpose', [NOT_A_STRING]]];
  return purposes.includes(purpose) ? [] : [['purpose', ['Not a valid choice.']]];
}

function describeError({ property, constraints = {} }: ValidationError): [string, string[]] {
  const first = CONSTRAINTS.find((constraint) => constraint in constraints);
  return [property, first === undefined ? [] : [String(constraints[first])]];
}
