import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { unsigned, withKind } from '../provider/aws.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';

/**
 * The reasons, or else the names, of errors of `SendTextMessage` in the model of the API (`botocore` 1.43.107 and
 * `@aws-sdk/client-pinpoint-sms-voice-v2` 3.1138, November 2026), without those of other actions, and the common errors of
 * AWS:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 */
export const AWS_SMS_KINDS: KindsByCode = {
  ACCOUNT_DISABLED: 'misconfigured',
  AccessDeniedException: 'misconfigured', // by a policy
  CANNOT_PARSE: 'unreachable',
  CHANNEL_NOT_ENABLED: 'misconfigured', // channel of the sender
  COUNTRY_CODE_MISMATCH: 'unreachable',
  COUNTRY_NOT_ENABLED: 'unreachable',
  ConflictException: 'unreachable',
  DAILY_DESTINATION_CALL_LIMIT: 'unreachable', // of one number
  DESTINATION_COUNTRY_BLOCKED: 'unreachable',
  DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION: 'unreachable',
  DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE: 'rejected', // the operator blocked the number
  DESTINATION_PHONE_NUMBER_NOT_VERIFIED: 'unreachable', // account in the sandbox
  DESTINATION_PHONE_NUMBER_OPTED_OUT: 'rejected',
  ExpiredTokenException: 'misconfigured', // temporary credentials
  FIELD_VALIDATION_FAILED: 'unreachable',
  INSUFFICIENT_ACCOUNT_REPUTATION: 'misconfigured',
  INTERNATIONAL_SENDING_NOT_SUPPORTED: 'unreachable', // by the sender
  INVALID_ARN: 'misconfigured',
  INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: 'unreachable',
  INVALID_PARAMETER: 'unreachable',
  INVALID_REQUEST: 'unreachable',
  IncompleteSignature: 'misconfigured',
  InternalFailure: 'unknown',
  InternalServerException: 'unknown',
  InvalidClientTokenId: 'misconfigured', // unknown access key
  InvalidSignatureException: 'misconfigured', // wrong secret, or the clock here is wrong
  KEYWORD_MISMATCH: 'misconfigured', // keyword of the sender
  MAXIMUM_SIZE_EXCEEDED: 'rejected', // text too long
  MESSAGE_TYPE_MISMATCH: 'misconfigured', // sender for promotional messages only
  MISSING_PARAMETER: 'unreachable', // also: one that this country requires
  MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: 'misconfigured',
  MissingAuthenticationTokenException: 'misconfigured',
  NO_ORIGINATION_IDENTITIES_FOUND: 'unreachable', // for this country
  NUMBER_CAPABILITIES_MISMATCH: 'misconfigured', // sender without SMS
  NotAuthorized: 'misconfigured',
  OTHER: 'unreachable',
  OptInRequired: 'misconfigured', // account without the service
  PARAMETERS_CANNOT_BE_USED_TOGETHER: 'misconfigured',
  PRICE_OVER_THRESHOLD: 'unreachable', // more than maxPriceUsd
  PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET: 'misconfigured',
  REGISTRATION_NOT_COMPLETE: 'misconfigured', // of the sender
  RESOURCE_NOT_ACCESSIBLE: 'misconfigured',
  RESOURCE_NOT_ACTIVE: 'misconfigured', // sender or configuration
  RequestExpired: 'misconfigured', // the clock here is wrong
  ResourceNotFoundException: 'misconfigured', // sender or configuration
  SENDER_ID_NOT_REGISTERED: 'unreachable', // in this country
  SENDER_ID_NOT_SUPPORTED: 'unreachable', // in this country
  SENDER_ID_REQUIRES_REGISTRATION: 'unreachable', // in this country
  ServiceQuotaExceededException: 'misconfigured',
  ServiceUnavailable: 'unavailable',
  SignatureDoesNotMatch: 'misconfigured', // wrong secret
  ThrottlingException: 'throttled',
  UNKNOWN_OPERATION: 'misconfigured',
  UNSPECIFIED_PARAMETER_NOT_SUPPORTED: 'unreachable',
  UnrecognizedClientException: 'misconfigured', // unknown access key
  ValidationException: 'unreachable',
};

/** Codes of a parameter that was refused. A list of fields beside them names it. */
const PARAMETER_CODES = ['CANNOT_PARSE', 'FIELD_VALIDATION_FAILED', 'INVALID_PARAMETER', 'ValidationException'];

/** If a setting is refused, it is refused for every number. */
const KINDS_OF_SETTING = withKind(AWS_SMS_KINDS, PARAMETER_CODES, 'misconfigured');

const KINDS_OF_MESSAGE = withKind(AWS_SMS_KINDS, PARAMETER_CODES, 'rejected');

const SETTINGS = new Set(['OriginationIdentity', 'ConfigurationSetName', 'MaxPrice', 'ProtectConfigurationId']);

/** The error for what the SDK threw, by the code in the response. Without a response, it could not sign the request. */
export function failureOf(thrown: unknown, response: ProviderResponse | undefined): SmsDeliveryError {
  if (thrown instanceof SmsDeliveryError || response === undefined) return unsigned(thrown);
  const error = jsonOf(response);
  // The name has its namespace in front: `com.amazonaws.…#ConflictException`.
  const name = error.at('__type').text?.replace(/^.*#/, '');
  const reason = error.at('Reason').text ?? '';
  return refusal(response, kindsFor(error), {
    code: Object.hasOwn(AWS_SMS_KINDS, reason) ? reason : name,
    text: error.at('Message').text ?? error.at('message').text,
  });
}

function kindsFor(error: Json): KindsByCode {
  const fields = error.at('Fields').items.map((field) => field.at('Name').text ?? '');
  if (fields.some((field) => SETTINGS.has(field))) return KINDS_OF_SETTING;
  const isOfMessage = fields.includes('DestinationPhoneNumber') || fields.includes('MessageBody');
  return isOfMessage ? KINDS_OF_MESSAGE : AWS_SMS_KINDS;
}
