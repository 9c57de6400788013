import { ForbiddenException } from '@nestjs/common';
import { phoneNotVerified } from './error-response.js';

/**
 * The request shows no proof that counts. {@link RequireVerifiedPhone} throws it, with one body for every reason; throw
 * it where {@link PhoneVerificationService.consumeVerifiedPhone} answers `null`, and the answer is the same.
 *
 * @publicApi
 */
export class PhoneNotVerifiedException extends ForbiddenException {
  /** The `code` of the body. */
  readonly code = 'phone_not_verified';

  constructor() {
    super(phoneNotVerified());
  }
}
