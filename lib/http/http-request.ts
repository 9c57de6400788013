import { type ValidationError, validateSync } from 'class-validator';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { CONSTRAINTS } from './requests.js';

/** What Express and Fastify requests have in common. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Address of the client, as far as the adapter trusts the proxies in between. */
  readonly ip?: string | undefined;
  /** The addresses that the adapter trusts; on Fastify only when it is told to trust any. */
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
export function requireJson({ headers }: HttpRequest): void {
  const [mediaType] = String(headers['content-type'] ?? '').split(';');
  if (mediaType?.trim().toLowerCase() !== 'application/json') throw new MediaTypeUnsupportedError();
}

/**
 * Reads the named fields of a body; everything else in it is dropped.
 *
 * @throws {@link RequestInvalidError} with a text for each field at fault.
 */
export function readBody<Request extends object>(type: new () => Request, body: unknown): Request {
  const request = new type();
  const given: object = typeof body === 'object' && body !== null ? body : {};
  for (const field of Object.keys(request)) {
    Object.assign(request, { [field]: Object.getOwnPropertyDescriptor(given, field)?.value });
  }
  const faults = validateSync(request);
  if (faults.length > 0) throw new RequestInvalidError(Object.fromEntries(faults.map(describeFault)));
  return request;
}

function describeFault({ property, constraints = {} }: ValidationError): [string, string[]] {
  const first = CONSTRAINTS.find((constraint) => constraint in constraints);
  return [property, first === undefined ? [] : [String(constraints[first])]];
}
