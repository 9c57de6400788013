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

/**
 * The same events under short names, for frameworks: `onverified`, `@verified`. They do not bubble.
 *
 * @publicApi
 */
export interface PhoneVerifyElementEventMap extends PhoneVerifyEventMap {
  sent: PhoneVerifyEventMap['phone-verify-sent'];
  verified: PhoneVerifyEventMap['phone-verify-verified'];
  failed: PhoneVerifyEventMap['phone-verify-error'];
}

/** The short name of each event. */
export const SHORT_NAMES: Readonly<Record<keyof PhoneVerifyEventMap, keyof PhoneVerifyElementEventMap>> = {
  'phone-verify-sent': 'sent',
  'phone-verify-verified': 'verified',
  'phone-verify-error': 'failed',
};
