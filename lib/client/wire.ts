import { PhoneVerifyClientError } from './client-error.js';

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
export interface WireResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Posts a body as JSON and reads the response.
 *
 * @throws {@link PhoneVerifyClientError} `network_failed`, `timed_out` or `response_invalid`.
 */
export async function post(options: WireOptions, path: string, body: object): Promise<WireResponse> {
  const { baseUrl, timeoutMs } = options;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // In addition to the signal, for a `fetch` that ignores it.
  const timeOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new PhoneVerifyClientError('timed_out', 'The server did not respond in time.'));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([exchange(options, `${baseUrl}/${path}`, body, abort.signal), timeOut]);
  } catch (thrown) {
    if (thrown instanceof PhoneVerifyClientError) throw thrown;
    throw new PhoneVerifyClientError('network_failed', 'The server could not be reached.', { cause: thrown });
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(
  { fetch, language }: WireOptions,
  url: string,
  body: object,
  signal: AbortSignal,
): Promise<WireResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(language !== undefined && { 'accept-language': language }),
    },
    body: JSON.stringify(body),
    signal,
  });
  return { status: response.status, body: readObject(await response.text(), response.status) };
}

function readObject(text: string, status: number): WireResponse['body'] {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Not JSON: refused below, like JSON that is no object.
  }
  throw responseInvalid(status);
}

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for a response that these routes do not give. */
export function responseInvalid(status: number): PhoneVerifyClientError {
  return new PhoneVerifyClientError(
    'response_invalid',
    'The response is not one of the phone verification routes. Check baseUrl.',
    {
      status,
    },
  );
}
