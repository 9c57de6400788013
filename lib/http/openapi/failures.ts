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
import { EXAMPLE_NUMBER, EXAMPLE_SESSION, EXAMPLE_TIME } from './examples.js';

/** Bodies of failures by route, as the routes answer them. */
export interface RouteFailures {
  readonly register: readonly ErrorResponse[];
  readonly resend: readonly ErrorResponse[];
  readonly verify: readonly ErrorResponse[];
}

/** Every failure of every route, made from the errors themselves, so that they cannot differ from what is answered. */
export function failuresOfRoutes(): RouteFailures {
  const common = [
    new RequestInvalidError({ phone_number: ['This field is required.'] }),
    new PhoneNumberInvalidError(),
    new MediaTypeUnsupportedError(),
    new StorageUnavailableError(),
  ].map(answer);
  const refused = [
    new CheckRefusedError(VerificationStatus.Expired),
    new CheckRefusedError(VerificationStatus.Verified),
    new CheckRefusedError(VerificationStatus.TooManyAttempts),
  ].map(answer);
  const sending = [new PhoneNumberNotAllowedError(), new RateLimitedError(30)].map(answer);
  const unsent = new SmsDeliveryError('unknown', 'An example.');
  const unsentFirst = Object.defineProperty(new SmsDeliveryError('unknown', 'An example.'), 'sent', {
    value: { ...EXAMPLE_SESSION, phoneNumber: EXAMPLE_NUMBER },
  });
  return {
    register: [...common, ...sending, answer(unsentFirst)],
    resend: [
      ...common,
      ...sending,
      answer(new CheckRefusedError(VerificationStatus.Invalid)),
      ...refused,
      answer(unsent),
    ],
    verify: [...common, answer(new CheckRefusedError(VerificationStatus.Invalid, 4)), ...refused],
  };
}

function answer(error: Parameters<typeof toErrorResponse>[0]): ErrorResponse {
  return toErrorResponse(error, EXAMPLE_TIME);
}
