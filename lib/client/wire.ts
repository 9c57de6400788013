import { PhoneVerifyClientError } from './client-error.js';
import { isObject, type ReceivedResponse } from './received-response.js';
import { networkFailed, responseInvalid } from './unexpected-response.js';

/** The part of the browser's `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How requests are sent. */
export interface WireOptions {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly language: string | undefined;
  readonly timeoutMs: number;
}

/** A response whose body is a JSON object; its fields are not validated yet. */
export interface WireResponse extends ReceivedResponse {
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request to one of the routes. */
export interface WireRequest {
  readonly path: string;
  readonly body: object;
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * Posts a body as JSON and reads the response.
 *
 * @throws {@link PhoneVerifyClientError} `network_failed`, `timed_out` or `response_invalid`.
 */
export async function post(options: WireOptions, request: WireRequest): Promise<WireResponse> {
  const { baseUrl, timeoutMs } = options;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // In addition to the signal, for a `fetch` that ignores it.
  const timeOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new PhoneVerifyClientError('timed_out', 'No response.'));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([exchange(options, request, abort.signal), timeOut]);
  } catch (thrown) {
    throw thrown instanceof PhoneVerifyClientError ? thrown : await networkFailed(baseUrl, thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  { baseUrl, fetch, language }: WireOptions,
  { path, body, headers }: WireRequest,
  signal: AbortSignal,
): Promise<WireResponse> {
  const response = await fetch(`${baseUrl}/${path}`, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(language !== undefined && { 'accept-language': language }),
      ...headers,
    },
    body: JSON.stringify(body),
    signal,
  });
  const { status, redirected: isRedirected } = response;
  const received = parse(await response.text());
  if (!isObject(received)) throw await responseInvalid({ status, isRedirected, body: received });
  return { status, isRedirected, body: received };
}

/** The JSON, or the text where it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
