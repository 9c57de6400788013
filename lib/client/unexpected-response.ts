import { PhoneVerifyClientError } from './client-error.js';
import type { ReceivedResponse } from './received-response.js';

/** The error for a response that these routes do not give. */
export async function responseInvalid(response: ReceivedResponse): Promise<PhoneVerifyClientError> {
  const { status } = response;
  const found = await diagnose(response);
  return new PhoneVerifyClientError(
    'response_invalid',
    `The response is not one of the phone verification routes: ${found}`,
    { status },
  );
}

async function diagnose(response: ReceivedResponse): Promise<string> {
  try {
    return (await import('./response-diagnosis.js')).diagnose(response);
  } catch {
    return `status ${response.status}.`;
  }
}
