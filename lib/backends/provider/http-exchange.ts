import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';

/** A request to a provider. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** What a provider answered. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, cut off at {@link MAX_ANSWER_BYTES}. */
  readonly text: string;
}

/** No provider's answer to one message is longer; what is beyond is not read. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Sends one request over a connection of its own and reads the answer. Every shipped backend talks to its provider
 * through it, so that all of them tell alike whether a message may have gone: a failure before the request was
 * written is `unavailable`, a failure afterwards is `unknown`. Follows no redirect, since a request carries
 * credentials, and closes the connection when the signal aborts.
 *
 * @throws {@link SmsDeliveryError} `unavailable` or `unknown`; an answer with any status is an answer.
 */
export async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  let isWritten = false;
  try {
    const outgoing = open(request, signal);
    outgoing.once('finish', () => {
      isWritten = true;
    });
    return await readAnswer(await answerOf(outgoing, request.body));
  } catch (thrown) {
    if (isWritten) throw new SmsDeliveryError('unknown', 'The connection ended without an answer.', { cause: thrown });
    throw new SmsDeliveryError('unavailable', 'The provider could not be reached.', { cause: thrown });
  }
}

function open({ method, url, headers, body }: HttpRequest, signal: AbortSignal): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  // A connection that was used before can be closed by the provider at any time, and a request lost on it might have
  // been read or not; a new connection has no such doubt. `agent: false` is Node's word for one of its own.
  const options = { method, headers: { ...headers, ...length, connection: 'close' }, agent: false, signal } as const;
  return new URL(url).protocol === 'https:' ? requestSecure(url, options) : requestPlain(url, options);
}

function answerOf(outgoing: ClientRequest, body: string | Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Stays: a connection can fail once more after its answer has begun.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_ANSWER_BYTES) break;
  }
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8'),
  };
}

/** RFC 7617. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
