import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import type { HttpAnswer } from './http-exchange.js';

/** What a provider said when it did not take a message. */
export interface ProviderRefusal {
  /** The provider's own code. */
  readonly code?: string | number | undefined;
  /** The provider's own words. */
  readonly text?: string | undefined;
}

/** Kinds by a provider's own codes; what is not listed goes by the HTTP status. */
export type KindsByCode = Readonly<Record<string, SmsDeliveryErrorKind>>;

/**
 * The error of an answer that did not take the message: by the provider's code where it is known, else by the status.
 */
export function refusal(answer: HttpAnswer, kinds: KindsByCode, { code, text }: ProviderRefusal): SmsDeliveryError {
  const providerCode = code === undefined || code === '' ? undefined : String(code);
  const known = providerCode !== undefined && Object.hasOwn(kinds, providerCode) ? kinds[providerCode] : undefined;
  return new SmsDeliveryError(known ?? kindOfStatus(answer.status), text || `The provider answered ${answer.status}.`, {
    providerCode: providerCode ?? String(answer.status),
    retryAfterSeconds: retryAfterSeconds(answer),
  });
}

/** What an HTTP status alone says of a message that was not taken. */
export function kindOfStatus(status: number): SmsDeliveryErrorKind {
  if (status === 429) return 'throttled';
  if (status === 408 || status === 503) return 'unavailable';
  // Anything between a redirect and a wrong path: another address, key or sender is needed, not another number.
  if ([401, 403, 404, 405, 407, 410].includes(status) || (status >= 300 && status < 400)) return 'misconfigured';
  if (status >= 400 && status < 500) return 'rejected';
  return 'unknown';
}

/** RFC 9110, 10.2.3: a number of seconds or a date. */
export function retryAfterSeconds({ headers }: HttpAnswer): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = /^-?\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

/** The body as JSON; `undefined` when it is none, such as a proxy's page of HTML. */
export function jsonOf({ text }: HttpAnswer): Json {
  try {
    return new Json(JSON.parse(text));
  } catch {
    return new Json(undefined);
  }
}

/** A JSON value of which nothing is known: every step into it answers, and a step past it answers nothing. */
export class Json {
  constructor(private readonly value: unknown) {}

  /** A step down: a field of an object, or an element of a list. */
  at(...path: readonly (string | number)[]): Json {
    const inner = path.reduce<unknown>((value, key) => {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
      return Reflect.get(value, key);
    }, this.value);
    return new Json(inner);
  }

  /** A text, or a number as text. */
  get text(): string | undefined {
    return typeof this.value === 'string' || typeof this.value === 'number' ? String(this.value) : undefined;
  }

  /** A whole number, also one that is written as text. */
  get count(): number | undefined {
    const number = this.text === undefined || this.text === '' ? Number.NaN : Number(this.text);
    return Number.isInteger(number) ? number : undefined;
  }

  /** The elements of a list; none of anything else. */
  get items(): readonly Json[] {
    return Array.isArray(this.value) ? this.value.map((item) => new Json(item)) : [];
  }
}
