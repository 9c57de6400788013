/** What a browser with the WebOTP API takes beside the standard options. */
interface OneTimeCodeOptions extends CredentialRequestOptions {
  readonly otp: { readonly transport: readonly string[] };
}

/**
 * Waits for a message with a code that is bound to this site, and the person's consent to read it.
 *
 * @returns `undefined` where the browser has no such API, or the person refuses, or the signal ends it.
 */
export async function receiveCode(signal: AbortSignal): Promise<string | undefined> {
  if (!('OTPCredential' in globalThis)) return undefined;
  const options: OneTimeCodeOptions = { otp: { transport: ['sms'] }, signal };
  try {
    const credential = await navigator.credentials.get(options);
    return credential && 'code' in credential && typeof credential.code === 'string' ? credential.code : undefined;
  } catch {
    return undefined;
  }
}
