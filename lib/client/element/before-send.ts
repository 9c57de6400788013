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
  // A function that only observes returns nothing.
  // eslint-disable-next-line typescript/no-invalid-void-type
) => Promise<PhoneVerifySendExtras | false | void> | PhoneVerifySendExtras | false | void;

/** The headers that a page adds. */
export function headersOf({ headers, captchaToken }: PhoneVerifySendExtras): Record<string, string> {
  return { ...headers, ...(captchaToken !== undefined && { 'x-captcha-token': captchaToken }) };
}
