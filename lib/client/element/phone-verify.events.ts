import type { PhoneVerifyVerified } from '../answers.js';
import type { PhoneVerifyClientError } from '../client-error.js';

/**
 * Events of {@link PhoneVerifyElement}. They bubble, and leave shadow trees.
 *
 * @publicApi
 */
export interface PhoneVerifyEventMap {
  /** A code is on its way. */
  'phone-verify-sent': CustomEvent<{ readonly phoneNumber: string }>;
  /** The number is verified; the proof is for the application's own routes. */
  'phone-verify-verified': CustomEvent<PhoneVerifyVerified>;
  /** Something failed; the element says so itself. */
  'phone-verify-error': CustomEvent<PhoneVerifyClientError>;
}
