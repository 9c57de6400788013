import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import {
  PhoneNumberInvalidError,
  PhoneNumberNotAllowedError,
  RateLimitedError,
  StorageUnavailableError,
} from '../../phone-verify.errors.js';
import { VerificationStatus } from '../../common/verification-status.js';
import { CheckRefusedError, type ErrorResponse, toErrorResponse } from '../error-response.js';
import { MediaTypeUnsupportedError, RequestInvalidError } from '../http-request.js';
import { EXAMPLE_SESSION, EXAMPLE_TIME } from './examples.js';

/** Bodies of the failure responses by route. */
export interface RouteFailures {
  readonly register: readonly ErrorResponse[];
  readonly resend: readonly ErrorResponse[];
  readonly verify: readonly ErrorResponse[];
}

/**
 * Every failure of every route. Made from the errors themselves, so that they cannot differ from the real responses.
 */
export function failuresOfRoutes(): RouteFailures {
  const common = [
    new RequestInvalidError({ phone_number: ['This field is required.'] }),
    new PhoneNumberInvalidError(),
    new MediaTypeUnsupportedError(),
    new StorageUnavailableError(),
  ].map(responseTo);
  const refused = [
    new CheckRefusedError(VerificationStatus.Expired),
    new CheckRefusedError(VerificationStatus.Verified),
    new CheckRefusedError(VerificationStatus.TooManyAttempts),
  ].map(responseTo);
  const sending = [new PhoneNumberNotAllowedError(), new RateLimitedError(30)].map(responseTo);
  const unsentResend = new SmsDeliveryError('unknown', 'An example.');
  const unsentRegister = Object.defineProperties(new SmsDeliveryError('unknown', 'An example.'), {
    sent: { value: EXAMPLE_SESSION },
    codeFormat: { value: 'numeric' },
  });
  return {
    register: [...common, ...sending, responseTo(unsentRegister)],
    resend: [
      ...common,
      ...sending,
      responseTo(new CheckRefusedError(VerificationStatus.Invalid)),
      ...refused,
      responseTo(unsentResend),
    ],
    verify: [...common, responseTo(new CheckRefusedError(VerificationStatus.Invalid, 4)), ...refused],
  };
}

function responseTo(error: Parameters<typeof toErrorResponse>[0]): ErrorResponse {
  return toErrorResponse(error, EXAMPLE_TIME);
}
