import { PhoneVerifyClientError } from './client-error.js';

/** The part of the browser's `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where and how requests go. */
export interface WireOptions {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly language: string | undefined;
  readonly timeoutMs: number;
}

/** An answer, of which nothing is checked yet but that it is a JSON object. */
export interface WireAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Posts a body as JSON and reads the answer.
 *
 * @throws {@link PhoneVerifyClientError} `network_failed`, `timed_out` or `response_invalid`.
 */
export async function post(options: WireOptions, path: string, body: object): Promise<WireAnswer> {
  const { baseUrl, timeoutMs } = options;
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Beside the signal, for a `fetch` that does not heed it.
  const timeOut = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new PhoneVerifyClientError('timed_out', 'The server did not answer in time.'));
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
): Promise<WireAnswer> {
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

function readObject(text: string, status: number): WireAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Not JSON: told below, like JSON of another kind.
  }
  throw responseInvalid(status);
}

/** Whether a value is an object with names, which an array is not. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer that these routes do not give. */
export function responseInvalid(status: number): PhoneVerifyClientError {
  return new PhoneVerifyClientError('response_invalid', 'The server gave an answer that is not understood.', {
    status,
  });
}
