import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';

/** A request to a provider. */
export interface ProviderRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** The response of a provider. */
export interface ProviderResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, cut off at {@link MAX_RESPONSE_BYTES}. */
  readonly text: string;
}

/** Longer than any provider's response to one message. The rest is not read. */
const MAX_RESPONSE_BYTES = 65_536;

/**
 * Sends one request over its own connection and reads the response. All provider backends use it, so that they agree on
 * whether a message may have been sent: a failure before the request was written is `unavailable`, a later one is
 * `unknown`. Follows no redirect, because a request carries credentials. Closes the connection when the signal aborts.
 *
 * @throws {@link SmsDeliveryError} `unavailable` or `unknown`. A response of any status is returned.
 */
export async function exchange(request: ProviderRequest, signal: AbortSignal): Promise<ProviderResponse> {
  let isWritten = false;
  try {
    const outgoing = open(request, signal);
    outgoing.once('finish', () => {
      isWritten = true;
    });
    return await readResponse(await responseTo(outgoing, request.body));
  } catch (thrown) {
    if (isWritten) throw new SmsDeliveryError('unknown', 'The connection ended without a response.', { cause: thrown });
    throw new SmsDeliveryError('unavailable', 'The provider could not be reached.', { cause: thrown });
  }
}

function open({ method, url, headers, body }: ProviderRequest, signal: AbortSignal): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  // The provider can close a reused connection at any time, and then it is unknown whether it read the request. A new
  // connection (`agent: false`) leaves no such doubt.
  const options = { method, headers: { ...headers, ...length, connection: 'close' }, agent: false, signal } as const;
  return new URL(url).protocol === 'https:' ? requestSecure(url, options) : requestPlain(url, options);
}

function responseTo(outgoing: ClientRequest, body: string | Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Not `once`: a connection can fail again after the response has begun.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readResponse(incoming: IncomingMessage): Promise<ProviderResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_RESPONSE_BYTES) break;
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8'),
  };
}

/** The header value of HTTP basic authentication (RFC 7617). */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
