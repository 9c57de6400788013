import { type ValidationError, validateSync } from 'class-validator';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { CONSTRAINTS, NOT_A_STRING, type RegisterRequest } from './requests.js';

/** What Express and Fastify requests have in common. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As the adapter parsed it; `undefined` for requests without one. */
  readonly body?: unknown;
  /** Address of the client, as far as the adapter trusts the proxies in between. */
  readonly ip?: string | undefined;
  /** The addresses that the adapter has gone through; on Fastify only when it is told to trust any. */
  readonly ips?: readonly (string | undefined)[] | undefined;
  /** Node's own request, on Fastify. */
  readonly raw?: object;
}

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
export function requireJson(request: HttpRequest): void {
  if (!isJson(request)) throw new MediaTypeUnsupportedError();
}

/** Whether a request says that its body is JSON. */
export function isJson({ headers }: HttpRequest): boolean {
  const [mediaType] = String(headers['content-type'] ?? '').split(';');
  return mediaType?.trim().toLowerCase() === 'application/json';
}

/**
 * Reads the named fields of a body; everything else in it is dropped, and so is `purpose` where there are none.
 *
 * @throws {@link RequestInvalidError} with a text for each field at fault.
 */
export function readBody<Request extends RegisterRequest>(
  type: new () => Request,
  body: unknown,
  purposes: readonly string[],
): Request {
  const request = new type();
  for (const field of Object.keys(request)) Object.assign(request, { [field]: readField(body, field) });
  if (purposes.length === 0) request.purpose = undefined;
  const faults = [...validateSync(request).map(describeFault), ...describePurpose(request.purpose, purposes)];
  if (faults.length > 0) throw new RequestInvalidError(Object.fromEntries(faults));
  return request;
}

/** A field that a body itself has, never what it inherits. */
export function readField(body: unknown, field: string): unknown {
  const given: object = typeof body === 'object' && body !== null ? body : {};
  return Object.getOwnPropertyDescriptor(given, field)?.value;
}

function describePurpose(purpose: unknown, purposes: readonly string[]): [string, string[]][] {
  if (purpose === undefined || purpose === '') return [];
  if (typeof purpose !== 'string') return [['purpose', [NOT_A_STRING]]];
  return purposes.includes(purpose) ? [] : [['purpose', ['Not a valid choice.']]];
}

function describeFault({ property, constraints = {} }: ValidationError): [string, string[]] {
  const first = CONSTRAINTS.find((constraint) => constraint in constraints);
  return [property, first === undefined ? [] : [String(constraints[first])]];
}
