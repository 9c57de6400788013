import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { unsigned, withKind } from '../provider/aws.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { Json, type KindsByCode, refusal } from '../provider/provider-response.js';

/**
 * The codes on the wire of `Publish` in the model of Amazon SNS (`botocore` 1.43.107, November 2026), without those of
 * topics and applications, the common errors of AWS and those that `@aws-sdk/client-sns` 3.1169 knows:
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html and CommonErrors.html
 */
export const SNS_KINDS: KindsByCode = {
  AccessDenied: 'misconfigured', // by a policy
  AccessDeniedException: 'misconfigured', // by a policy
  AuthorizationError: 'misconfigured', // by a policy
  ExpiredToken: 'misconfigured', // temporary credentials
  ExpiredTokenException: 'misconfigured', // temporary credentials
  IncompleteSignature: 'misconfigured',
  InternalError: 'unknown',
  InternalFailure: 'unknown',
  InvalidClientTokenId: 'misconfigured', // unknown access key
  InvalidParameter: 'unreachable',
  InvalidParameterValue: 'unreachable',
  InvalidSecurity: 'misconfigured', // signature
  KMSAccessDenied: 'misconfigured',
  KMSDisabled: 'misconfigured',
  KMSInvalidState: 'misconfigured',
  KMSNotFound: 'misconfigured',
  KMSOptInRequired: 'misconfigured',
  KMSThrottling: 'throttled',
  MissingAuthenticationToken: 'misconfigured',
  NotAuthorized: 'misconfigured',
  OptInRequired: 'misconfigured', // account without the service
  OptedOut: 'rejected', // opted out
  ParameterValueInvalid: 'unreachable',
  RequestExpired: 'misconfigured', // the clock here is wrong
  ServiceUnavailable: 'unavailable',
  SignatureDoesNotMatch: 'misconfigured', // wrong secret
  Throttled: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  UnrecognizedClientException: 'misconfigured', // unknown access key
  UserError: 'unreachable',
  ValidationError: 'unreachable',
  ValidationException: 'unreachable',
};

/** The codes of a parameter that was refused. The text names the parameter. */
const PARAMETER_CODES = [
  'InvalidParameter',
  'InvalidParameterValue',
  'ParameterValueInvalid',
  'ValidationError',
  'ValidationException',
];

/** If a setting is refused, it is refused for every number. */
const KINDS_OF_SETTING = withKind(SNS_KINDS, PARAMETER_CODES, 'misconfigured');

const KINDS_OF_NUMBER = withKind(SNS_KINDS, PARAMETER_CODES, 'rejected');

/** The error for what the SDK threw, by the code in the response. Without a response, it could not sign the request. */
export function failureOf(thrown: unknown, response: ProviderResponse | undefined): SmsDeliveryError {
  if (thrown instanceof SmsDeliveryError || response === undefined) return unsigned(thrown);
  const error = new Json(thrown);
  // Older versions store the codes that have an error class in one place, and all others in another.
  const code = error.at('Error', 'Code').text ?? error.at('Code').text;
  // For a response without a code, the SDK invents a message.
  const text = code === undefined ? undefined : error.at('message').text;
  return refusal(response, kindsFor(text), { code, text });
}

function kindsFor(text = ''): KindsByCode {
  if (/sender|max ?price/i.test(text)) return KINDS_OF_SETTING;
  return /phone ?number/i.test(text) ? KINDS_OF_NUMBER : SNS_KINDS;
}
