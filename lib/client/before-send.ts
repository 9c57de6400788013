import { PhoneVerifyClientError } from '../client-error.js';

/**
 * A message that is about to be sent.
 *
 * @publicApi
 */
export interface PhoneVerifySend {
  /** E.164, as far as the element knows it. */
  readonly phoneNumber: string;
  /** Whether the code of an open session is sent again. */
  readonly isResend: boolean;
}

/**
 * What a page adds to the request that sends a message.
 *
 * @publicApi
 */
export interface PhoneVerifySendExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as the header `x-captcha-token`. */
  readonly captchaToken?: string;
}

/**
 * Runs before each message. A function that returns `false` stops it without an error, one that throws with one.
 *
 * @publicApi
 */
export type PhoneVerifyBeforeSend = (
  send: PhoneVerifySend,
) => Promise<PhoneVerifySendExtras | false | undefined> | PhoneVerifySendExtras | false | undefined;

/** Sends messages with what the page adds to them. */
export class PreparedSends {
  /** Of the pending send. */
  #headers: Readonly<Record<string, string>> = {};

  /** The browser's `fetch`, with the headers of the pending send. */
  readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.#headers)) headers.set(name, value);
    return fetch(url, { ...init, headers });
  };

  /** Runs a call that sends a message; `undefined` if the page stopped it. */
  async run<Result>(
    beforeSend: PhoneVerifyBeforeSend | undefined,
    send: PhoneVerifySend,
    call: () => Promise<Result>,
  ): Promise<Result | undefined> {
    const extras = await prepare(beforeSend, send);
    if (extras === false) return undefined;
    this.#headers = headersOf(extras ?? {});
    try {
      return await call();
    } finally {
      this.#headers = {};
    }
  }
}

async function prepare(
  beforeSend: PhoneVerifyBeforeSend | undefined,
  send: PhoneVerifySend,
): Promise<Awaited<ReturnType<PhoneVerifyBeforeSend>>> {
  try {
    return await beforeSend?.(send);
  } catch (cause) {
    throw new PhoneVerifyClientError('before_send_failed', 'beforeSend failed.', { cause });
  }
}

function headersOf({ headers, captchaToken }: PhoneVerifySendExtras): Record<string, string> {
  return { ...headers, ...(captchaToken !== undefined && { 'x-captcha-token': captchaToken }) };
}
