import type * as SmsVoice from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import {
  type AwsCredentials,
  checkCredentials,
  checkMaxPrice,
  isSdkRequest,
  type SdkRequest,
  type SdkResponse,
  toProviderRequest,
  toSdkResponse,
} from '../provider/aws.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtraInJson,
} from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';

/**
 * Settings of {@link AwsSmsBackend}.
 *
 * @publicApi
 */
export interface AwsSmsBackendOptions extends ProviderOptions {
  /** Region that sends, such as `eu-central-1`. */
  readonly region: string;
  /**
   * Sender: a number, sender id or pool, by its name, id or ARN. Default: one of the account that can send to the
   * number.
   */
  readonly originationIdentity?: string;
  /**
   * Credentials, or a function that returns them; the SDK keeps them until they expire. Default: the SDK's provider
   * chain (environment, shared files, roles).
   */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
  /** Maximum price of a message in US dollars, 0.0001 to 99; a message that costs more is not sent. Default: none. */
  readonly maxPriceUsd?: number;
  /** Protect configuration, which allows and blocks countries. Default: that of the account. */
  readonly protectConfigurationId?: string;
  /** Parameters of `SendTextMessage`, such as `ConfigurationSetName`. Default: none. */
  readonly extra?: AwsSmsFields;
}

/**
 * Parameters of `SendTextMessage`:
 * https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 *
 * @publicApi
 */
export interface AwsSmsFields extends ProviderFields {
  /** Configuration set, whose event destinations receive the delivery reports. */
  readonly ConfigurationSetName?: string;
  /** Ids of India's DLT. */
  readonly DestinationCountryParameters?: { readonly IN_ENTITY_ID?: string; readonly IN_TEMPLATE_ID?: string };
  /** What delivery reports repeat, beside `sendId`; 5 entries at most. */
  readonly Context?: Readonly<Record<string, string>>;
  /** Whether the application reports back that the person received the message. */
  readonly MessageFeedbackEnabled?: boolean;
  /** Program name of a short code in the United States. */
  readonly Keyword?: string;
}

/**
 * The reasons, or else the names, of errors of `SendTextMessage`, as `@aws-sdk/client-pinpoint-sms-voice-v2` 3.1138 lists
 * them, and the common errors of AWS. Read in November 2026:
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
const KINDS_OF_SETTING: KindsByCode = {
  ...AWS_SMS_KINDS,
  ...Object.fromEntries(PARAMETER_CODES.map((code) => [code, 'misconfigured'] as const)),
};

const KINDS_OF_MESSAGE: KindsByCode = {
  ...AWS_SMS_KINDS,
  ...Object.fromEntries(PARAMETER_CODES.map((code) => [code, 'rejected'] as const)),
};

const SETTINGS = new Set(['OriginationIdentity', 'ConfigurationSetName', 'MaxPrice', 'ProtectConfigurationId']);

/** Range of `TimeToLive`, in seconds. */
const TIME_TO_LIVE = { from: 5, to: 259_200 };

/**
 * Sends through AWS End User Messaging SMS (`SendTextMessage`), with the `@aws-sdk/client-pinpoint-sms-voice-v2` SDK. A
 * message expires at AWS with its code.
 *
 * @publicApi
 */
@Injectable()
export class AwsSmsBackend extends ProviderBackend<AwsSmsBackendOptions> {
  readonly #sdk = new Sdk(
    'AwsSmsBackend',
    '@aws-sdk/client-pinpoint-sms-voice-v2',
    async () => import('@aws-sdk/client-pinpoint-sms-voice-v2'),
  );
  /** Kept, because it caches credentials and renews them before they expire. */
  #client: SmsVoice.PinpointSMSVoiceV2Client | undefined;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: AwsSmsBackendOptions) {
    super(options);
    const own = ['region', 'originationIdentity', 'credentials', 'maxPriceUsd', 'protectConfigurationId'];
    checkProviderOptions(options, own, (reader) => {
      reader.requiredText('region');
      reader.text('originationIdentity', '');
      reader.text('protectConfigurationId', '');
      checkCredentials(reader);
      // https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html: at most two digits
      checkMaxPrice(reader, 99);
    });
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver(message: OutgoingMessage): Promise<SendReceipt> {
    const sdk = await this.#sdk.get();
    const command = new sdk.SendTextMessageCommand(this.#input(message));
    const connection = new Connection(command, message.exchange, this.options.extra);
    try {
      const { MessageId: messageId } = await this.#clientOf(sdk).send(command);
      if (messageId !== undefined) return { backend: 'AwsSmsBackend', messageId };
    } catch (thrown) {
      throw failureOf(thrown, connection.response);
    }
    throw failureOf(undefined, connection.response);
  }

  #input({ to, text, validSeconds, sendId }: OutgoingMessage): SmsVoice.SendTextMessageCommandInput {
    const { originationIdentity, maxPriceUsd, protectConfigurationId } = this.options;
    return {
      DestinationPhoneNumber: to,
      MessageBody: text,
      MessageType: 'TRANSACTIONAL',
      ...(originationIdentity !== undefined && { OriginationIdentity: originationIdentity }),
      ...(maxPriceUsd !== undefined && { MaxPrice: maxPriceUsd.toFixed(5) }),
      ...(protectConfigurationId !== undefined && { ProtectConfigurationId: protectConfigurationId }),
      ...(validSeconds !== undefined && {
        TimeToLive: Math.min(Math.max(validSeconds, TIME_TO_LIVE.from), TIME_TO_LIVE.to),
      }),
      ...(sendId !== undefined && { Context: { sendId } }),
    };
  }

  #clientOf({ PinpointSMSVoiceV2Client }: typeof SmsVoice): SmsVoice.PinpointSMSVoiceV2Client {
    const { region, baseUrl, credentials } = this.options;
    this.#client ??= new PinpointSMSVoiceV2Client({
      region,
      maxAttempts: 1,
      ...(baseUrl !== undefined && { endpoint: baseUrl }),
      // The SDK modifies the object that it is given.
      ...(credentials !== undefined && {
        credentials: typeof credentials === 'function' ? credentials : { ...credentials },
      }),
    });
    return this.#client;
  }
}

/** Sends the request of a command over the library's connections, with the fields of the option `extra`. */
class Connection {
  response: ProviderResponse | undefined;

  constructor(
    command: SmsVoice.SendTextMessageCommand,
    private readonly exchange: Exchange,
    extra: AwsSmsFields | undefined,
  ) {
    // Behind the serializer, which drops fields that it does not know, and before the signature.
    command.middlewareStack.add(
      (next) => async (call) => {
        if (isSdkRequest(call.request)) addExtra(call.request, extra);
        return next(call);
      },
      { step: 'serialize', priority: 'low', name: 'extraFields' },
    );
    // In the place of the client's HTTP handler.
    command.middlewareStack.add(
      () =>
        async ({ request }) => ({ response: await this.#send(request) }),
      { step: 'deserialize', priority: 'low', name: 'sharedConnections' },
    );
  }

  async #send(request: unknown): Promise<SdkResponse> {
    this.response = await this.exchange(toProviderRequest(request));
    return toSdkResponse(this.response);
  }
}

function addExtra(request: SdkRequest, extra: AwsSmsFields | undefined): void {
  if (request.body === undefined || extra === undefined) return;
  const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
  request.body = withExtraInJson(body, extra);
}

/** The error for what the SDK threw, by the code in the response. Without a response, it could not sign the request. */
function failureOf(thrown: unknown, response: ProviderResponse | undefined): SmsDeliveryError {
  if (thrown instanceof SmsDeliveryError) return thrown;
  if (response === undefined) {
    return new SmsDeliveryError('misconfigured', 'The request could not be signed.', { cause: thrown });
  }
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
