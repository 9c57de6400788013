import { PhoneVerifyClientError } from './client-error.js';

/**
 * A message that is about to be sent.
 *
 * @publicApi
 */
export interface PhoneVerifySend {
  /** E.164, as far as the browser knows it. */
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
 * Runs before each message. A function that returns `false` stops it.
 *
 * @publicApi
 */
export type PhoneVerifyBeforeSend = (
  send: PhoneVerifySend,
) => Promise<PhoneVerifySendExtras | false | undefined> | PhoneVerifySendExtras | false | undefined;

/**
 * Options of a call that may send a message. All have defaults.
 *
 * @publicApi
 */
export interface PhoneVerifySendOptions {
  /** Runs before the request: supplies headers or a CAPTCHA token, or stops it. Default: nothing. */
  readonly beforeSend?: PhoneVerifyBeforeSend | undefined;
  /** Called once the message was sent; not where the call continues a session without another message. */
  readonly onSent?: (() => void) | undefined;
}

/**
 * Lets the page prepare a message.
 *
 * @param isWanted - Whether the message is still to be sent once it is prepared.
 * @returns The headers that the page adds, in lower case.
 * @throws {@link PhoneVerifyClientError} `send_stopped` or `before_send_failed`.
 */
export async function prepareSend(
  beforeSend: PhoneVerifyBeforeSend,
  send: PhoneVerifySend,
  isWanted: () => boolean,
): Promise<Readonly<Record<string, string>>> {
  const extras = await call(beforeSend, send);
  if (extras === false || !isWanted()) throw new PhoneVerifyClientError('send_stopped', 'Stopped.');
  const { headers = {}, captchaToken } = extras ?? {};
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(captchaToken !== undefined && { 'x-captcha-token': captchaToken }),
  };
}

async function call(
  beforeSend: PhoneVerifyBeforeSend,
  send: PhoneVerifySend,
): Promise<Awaited<ReturnType<PhoneVerifyBeforeSend>>> {
  try {
    return await beforeSend(send);
  } catch (cause) {
    throw new PhoneVerifyClientError('before_send_failed', 'beforeSend failed.', { cause });
  }
}
