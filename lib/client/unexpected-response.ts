import { PhoneVerifyClientError } from './client-error.js';
import type { ReceivedResponse } from './received-response.js';

/** The error for a response that these routes do not give. */
export async function responseInvalid(response: ReceivedResponse): Promise<PhoneVerifyClientError> {
  const { status } = response;
  return new PhoneVerifyClientError('response_invalid', await diagnose(response), { status });
}

/** The error for a request that got no response. */
export async function networkFailed(baseUrl: string, cause: unknown): Promise<PhoneVerifyClientError> {
  // Outside a browser there is no page to which a relative URL could refer.
  const advice = typeof location === 'undefined' ? await adviseOn(baseUrl) : '';
  return new PhoneVerifyClientError('network_failed', `The server could not be reached.${advice}`, { cause });
}

async function diagnose(response: ReceivedResponse): Promise<string> {
  try {
    return (await import('./response-diagnosis.js')).diagnose(response);
  } catch {
    return `Unexpected response: status ${response.status}.`;
  }
}

async function adviseOn(baseUrl: string): Promise<string> {
  try {
    return (await import('./response-diagnosis.js')).adviseOn(baseUrl);
  } catch {
    return '';
  }
}
