import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from './http-exchange.js';

/** What a provider says about a message that it refused. */
export interface ProviderRefusal {
  /** The provider's error code. */
  readonly code?: string | number | undefined;
  /** The provider's error message. */
  readonly text?: string | undefined;
  /** Kind for a code that is not listed. Default: by the HTTP status. */
  readonly otherwise?: SmsDeliveryErrorKind | undefined;
}

/** Kinds by the provider's error codes. */
export type KindsByCode = Readonly<Record<string, SmsDeliveryErrorKind>>;

/**
 * The error for a response that refused the message. A listed error code decides the kind. A fault of the account is
 * `misconfigured`, of the destination `unreachable`, and of the number for any provider `rejected`.
 */
export function refusal(
  response: ProviderResponse,
  kinds: KindsByCode,
  { code, text, otherwise = kindOfStatus(response.status) }: ProviderRefusal,
): SmsDeliveryError {
  const providerCode = code === undefined || code === '' ? undefined : String(code);
  const known = providerCode !== undefined && Object.hasOwn(kinds, providerCode) ? kinds[providerCode] : undefined;
  return new SmsDeliveryError(known ?? otherwise, text || `The provider returned ${response.status}.`, {
    providerCode: providerCode ?? String(response.status),
    retryAfterSeconds: retryAfterSeconds(response),
  });
}

/** Whether a status is 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The kind for a refused message, by the HTTP status alone. */
export function kindOfStatus(status: number): SmsDeliveryErrorKind {
  if (status === 429) return 'throttled';
  if (status === 408 || status === 503) return 'unavailable';
  // From a redirect to a wrong path: the URL, key, credit or sender must change, not the number.
  if ([401, 402, 403, 404, 405, 407, 410].includes(status) || (status >= 300 && status < 400)) return 'misconfigured';
  // Another provider may accept the message.
  if (status >= 400 && status < 500) return 'unreachable';
  return 'unknown';
}

/** The `Retry-After` header: a number of seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterSeconds({ headers }: ProviderResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = /^-?\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** The headers with one text each, as SDKs take them. */
export function textHeaders({ headers }: ProviderResponse): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The body as JSON; empty if it is not JSON, such as a proxy's HTML page. */
export function jsonOf({ text }: ProviderResponse): Json {
  try {
    return new Json(JSON.parse(text));
  } catch {
    return new Json(undefined);
  }
}

/** A JSON value of unknown shape. Reading a path that does not exist returns an empty value and never throws. */
export class Json {
  constructor(private readonly value: unknown) {}

  /** The value at a path of field names and list indexes. */
  at(...path: readonly (string | number)[]): Json {
    let inner = this.value;
    for (const key of path) {
      const isThere = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
      inner = isThere ? Reflect.get(Object(inner), key) : undefined;
    }
    return new Json(inner);
  }

  /** A string, or a number as a string. */
  get text(): string | undefined {
    return typeof this.value === 'string' || typeof this.value === 'number' ? String(this.value) : undefined;
  }

  /** An integer, also one in a string. */
  get count(): number | undefined {
    const number = this.text === undefined || this.text === '' ? Number.NaN : Number(this.text);
    return Number.isInteger(number) ? number : undefined;
  }

  /** The names of an object's fields; empty for any other value. */
  get names(): readonly string[] {
    return typeof this.value === 'object' && this.value !== null ? Object.keys(this.value) : [];
  }

  /** The elements of a list; empty for any other value. */
  get items(): readonly Json[] {
    return Array.isArray(this.value) ? this.value.map((item) => new Json(item)) : [];
  }
}
