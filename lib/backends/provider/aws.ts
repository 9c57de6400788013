import type { OptionReader } from '../../common/option-reader.js';
import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import type { ProviderRequest, ProviderResponse } from './http-exchange.js';
import { type KindsByCode, textHeaders } from './provider-response.js';

/**
 * Access key of an AWS account.
 *
 * @publicApi
 */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For temporary credentials only. */
  readonly sessionToken?: string;
  /** When temporary credentials expire. Default: never. */
  readonly expiration?: Date;
}

/** A request as an AWS SDK passes it to its HTTP handler. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text in older versions of the SDK. */
  body?: string | Uint8Array | undefined;
}

/** A response as an AWS SDK expects it of its HTTP handler. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Whether a value is a request of an AWS SDK. */
export function isSdkRequest(request: unknown): request is SdkRequest {
  return typeof request === 'object' && request !== null && 'hostname' in request && 'headers' in request;
}

/** Converts a request of an AWS SDK, to send it over the library's connections. */
export function toProviderRequest(request: unknown): ProviderRequest {
  if (!isSdkRequest(request)) throw new TypeError('The SDK made no HTTP request.');
  const { method, protocol, hostname, port, path, headers, body } = request;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return { method, url: `${protocol}//${host}${path}`, headers, body };
}

/** Converts a response for an AWS SDK. */
export function toSdkResponse(response: ProviderResponse): SdkResponse {
  return { statusCode: response.status, headers: textHeaders(response), body: Buffer.from(response.text) };
}

/** A table of kinds in which some codes have another one. */
export function withKind(kinds: KindsByCode, codes: readonly string[], kind: SmsDeliveryErrorKind): KindsByCode {
  return { ...kinds, ...Object.fromEntries(codes.map((code) => [code, kind] as const)) };
}

/** The error for an SDK that failed before it had a response: it could not sign the request. */
export function unsigned(thrown: unknown): SmsDeliveryError {
  if (thrown instanceof SmsDeliveryError) return thrown;
  return new SmsDeliveryError('misconfigured', 'The request could not be signed.', { cause: thrown });
}

/** Validates the option `credentials`. */
export function checkCredentials(reader: OptionReader): void {
  const credentials = reader.value('credentials');
  if (credentials === undefined || typeof credentials === 'function') return;
  if (typeof credentials !== 'object' || credentials === null) {
    reader.fault('credentials', 'must be credentials or a function that returns them');
    return;
  }
  const nested = reader.nested('credentials', ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration']);
  nested.requiredText('accessKeyId');
  nested.requiredText('secretAccessKey');
  nested.text('sessionToken', '');
  const expiration = nested.value('expiration');
  if (expiration !== undefined && !(expiration instanceof Date)) nested.fault('expiration', 'must be a Date');
}

/**
 * Validates the option `maxPriceUsd`.
 *
 * @param highest - Highest price that the API accepts.
 */
export function checkMaxPrice(reader: OptionReader, highest: number): void {
  const price = reader.value('maxPriceUsd');
  const isInRange = typeof price === 'number' && price >= 0.0001 && price <= highest;
  if (price !== undefined && !isInRange) reader.fault('maxPriceUsd', `must be a number from 0.0001 to ${highest}`);
}
