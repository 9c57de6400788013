import type { PhoneVerifyVerified } from '../responses.js';
import type { PhoneVerifyClientError } from '../client-error.js';

/**
 * Events of {@link PhoneVerifyElement}. They bubble and are composed.
 *
 * @publicApi
 */
export interface PhoneVerifyEventMap {
  /** A code was sent. */
  'phone-verify-sent': CustomEvent<{ readonly phoneNumber: string }>;
  /** The number is verified. The verification token proves it to the application's own routes. */
  'phone-verify-verified': CustomEvent<PhoneVerifyVerified>;
  /** A call failed. The element shows the error itself. */
  'phone-verify-error': CustomEvent<PhoneVerifyClientError>;
}
