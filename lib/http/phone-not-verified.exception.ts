import { ForbiddenException } from '@nestjs/common';
import { phoneNotVerified } from './error-response.js';

/**
 * The request has no valid verification token: 403 `phone_not_verified`. {@link RequireVerifiedPhone} throws it, with
 * the same body for every reason. Throw it yourself where {@link PhoneVerificationService.consumeVerifiedPhone} returns
 * `null`, so that the response is the same.
 *
 * @example
 * ```ts
 * const phone = await this.phones.consumeVerifiedPhone(verificationToken, { manager });
 * if (phone === null) throw new PhoneNotVerifiedException();
 * ```
 *
 * @publicApi
 */
export class PhoneNotVerifiedException extends ForbiddenException {
  /** `code` of the response body. */
  readonly code = 'phone_not_verified';

  constructor() {
    super(phoneNotVerified());
  }
}
