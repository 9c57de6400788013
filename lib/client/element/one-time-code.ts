/** The option that the WebOTP API adds to the standard ones. */
interface OneTimeCodeOptions extends CredentialRequestOptions {
  readonly otp: { readonly transport: readonly string[] };
}

/**
 * Waits for a message with a code that is bound to this site, and for the person's consent to read it.
 *
 * Only browsers with the API load this file.
 *
 * @returns `undefined` if the person refuses, or the signal aborts.
 */
export async function receiveCode(signal: AbortSignal): Promise<string | undefined> {
  const options: OneTimeCodeOptions = { otp: { transport: ['sms'] }, signal };
  try {
    const credential = await navigator.credentials.get(options);
    return credential && 'code' in credential && typeof credential.code === 'string' ? credential.code : undefined;
  } catch {
    return undefined;
  }
}
