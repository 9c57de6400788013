import { Injectable } from '@nestjs/common';
import type TwilioSdk from 'twilio';
import type { Twilio } from 'twilio';
import type { OptionReader } from '../../common/option-reader.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { basicAuthorization, type ProviderResponse, type ProviderRequest } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtra,
} from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';

/**
 * Settings of {@link TwilioBackend}.
 *
 * @publicApi
 */
export interface TwilioBackendOptions extends ProviderOptions {
  /** Account SID, `AC…`. */
  readonly sid: string;
  /** Auth token of the account. This or an API key, which Twilio recommends in production. */
  readonly secret?: string;
  /** SID of an API key of the account, `SK…`. It needs `apiKeySecret`. */
  readonly apiKey?: string;
  /** Secret of the API key. */
  readonly apiKeySecret?: string;
  /** Sender: a number in E.164, a short code or an alphanumeric sender id. This, `messagingServiceSid` or both. */
  readonly from?: string;
  /** SID of the messaging service, `MG…`. Without `from` it chooses the sender. */
  readonly messagingServiceSid?: string;
  /** Fields of the Message resource, such as `StatusCallback`. Default: none. */
  readonly extra?: TwilioFields;
}

/**
 * Fields of the Message resource of Twilio: https://www.twilio.com/docs/messaging/api/message-resource
 *
 * @publicApi
 */
export interface TwilioFields extends ProviderFields {
  /** Where Twilio reports the delivery. */
  readonly StatusCallback?: string;
  /** Whether Twilio checks the message for SMS pumping. */
  readonly RiskCheck?: 'enable' | 'disable';
  /** Whether Twilio keeps the text. */
  readonly ContentRetention?: 'retain' | 'discard';
  /** Whether Twilio keeps the whole number. */
  readonly AddressRetention?: 'retain' | 'obfuscate';
  /** Maximum price of the message in US dollars. */
  readonly MaxPrice?: number | string;
}

/** https://www.twilio.com/docs/api/errors, read in November 2026: every code that a send can return. */
export const TWILIO_KINDS: KindsByCode = {
  10001: 'misconfigured', // account not active
  10002: 'misconfigured', // not for trial accounts
  14107: 'throttled', // message rate of the sender
  20003: 'misconfigured', // authentication
  20005: 'misconfigured', // account not active
  20006: 'misconfigured', // access denied
  20008: 'misconfigured', // test credentials
  20010: 'misconfigured', // action disabled for the account
  20403: 'misconfigured', // forbidden
  20404: 'misconfigured', // unknown account
  20429: 'throttled',
  20500: 'unknown',
  20503: 'unavailable',
  20504: 'unknown',
  21211: 'rejected', // invalid number
  21212: 'misconfigured', // invalid sender
  21214: 'unreachable', // cannot be reached
  21217: 'rejected', // does not appear to be valid
  21267: 'misconfigured', // alphanumeric sender of a trial account
  21408: 'unreachable', // region not permitted
  21421: 'rejected', // invalid number
  21602: 'rejected', // no text
  21603: 'misconfigured', // no sender
  21604: 'rejected', // no number
  21605: 'rejected', // text too long
  21606: 'unreachable', // sender cannot send to this number
  21607: 'misconfigured', // sender of a trial account
  21608: 'unreachable', // number that a trial account may not send to
  21609: 'misconfigured', // status callback
  21610: 'rejected', // opted out
  21611: 'throttled', // queue of the sender is full
  21612: 'unreachable', // not reachable from this sender
  21614: 'unreachable', // not a mobile number
  21616: 'misconfigured', // sender matches several numbers
  21617: 'rejected', // text too long
  21618: 'rejected', // text refused
  21619: 'rejected', // no text
  21624: 'misconfigured', // validity period
  21627: 'misconfigured', // maximum price
  21635: 'unreachable', // landline
  21657: 'misconfigured', // invalid sender id
  21659: 'misconfigured', // sender is not of this account
  21660: 'misconfigured', // sender and account do not match
  21661: 'misconfigured', // sender cannot send messages
  21662: 'unreachable', // sender and number do not go together in the region Ireland
  21663: 'misconfigured', // routing of the sender
  21701: 'misconfigured', // no such messaging service
  21702: 'misconfigured', // messaging service not available
  21703: 'unreachable', // messaging service without a sender for this number
  21704: 'misconfigured', // messaging service without a sender
  21705: 'misconfigured', // messaging service invalid
  21709: 'misconfigured', // sender id not allowed for the messaging service
  21730: 'unavailable', // maintenance
  30001: 'throttled', // queue of the sender is full
  30002: 'misconfigured', // account suspended
  30003: 'unreachable', // handset cannot be reached
  30004: 'unreachable', // message blocked for this handset
  30005: 'rejected', // unknown handset
  30006: 'unreachable', // landline, or carrier cannot be reached
  30007: 'unreachable', // filtered by Twilio or the carrier
  30008: 'unreachable', // not delivered, for an unknown reason
  30010: 'unreachable', // costs more than the maximum price
  30017: 'unreachable', // congestion of the carrier
  30018: 'unreachable', // carrier wants the sender registered
  30019: 'rejected', // text too long for the carrier
  30022: 'throttled', // limit of a US carrier
  30023: 'throttled', // daily limit of a US carrier
  30024: 'unreachable', // carrier does not know the sender
  30027: 'throttled', // daily limit of T-Mobile
  30029: 'misconfigured', // content retention
  30030: 'misconfigured', // address retention
  30032: 'misconfigured', // toll-free sender not verified
  30033: 'misconfigured', // US campaign suspended
  30034: 'misconfigured', // US sender not registered
  30035: 'misconfigured', // US sender not ready yet
  30036: 'unreachable', // validity period is over
  30037: 'misconfigured', // outbound messages disabled
  30038: 'unreachable', // text with a code filtered
  30040: 'unreachable', // carrier wants the sender registered
  30041: 'unreachable', // sender not registered in this country
  30042: 'unreachable', // sender id not authorized in this country
  30043: 'unreachable', // carrier expects a domestic route
  30044: 'misconfigured', // text too long for a trial account
  30410: 'unknown', // carrier did not answer in time
  30450: 'rejected', // blocked as fraud
  30453: 'rejected', // blocked as fraud
  30454: 'misconfigured', // message limit of the account
  30485: 'rejected', // blocked as fraud
  30500: 'unknown',
  30630: 'rejected', // opted out
  63038: 'throttled', // daily limit of the account
};

/** Longest validity period of the API, in seconds. */
const MAX_VALID_SECONDS = 36_000;

/**
 * Sends through Twilio Programmable Messaging, with the `twilio` SDK. A message expires at Twilio with its code.
 *
 * @publicApi
 */
@Injectable()
export class TwilioBackend extends ProviderBackend<TwilioBackendOptions> {
  readonly #sdk = new Sdk('TwilioBackend', 'twilio', async () => (await import('twilio')).default);

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: TwilioBackendOptions) {
    super(options);
    checkProviderOptions(options, OPTIONS, (reader) => {
      const sid = reader.requiredText('sid');
      if (sid !== '' && !sid.startsWith('AC')) reader.fault('sid', 'must be an account SID, which begins with AC');
      checkCredentials(reader);
      reader.someText('from', 'messagingServiceSid');
      if (/^whatsapp:/i.test(String(reader.value('from')))) {
        reader.fault(
          'from',
          'is a sender of WhatsApp, and TwilioBackend sends SMS; give an SMS sender, or use a backend for WhatsApp',
        );
      }
    });
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver({ to, text, validSeconds, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { from, messagingServiceSid } = this.options;
    const client = clientFor(await this.#sdk.get(), this.options, exchange);
    const message = await client.messages.create({
      to,
      body: text,
      ...(from !== undefined && { from }),
      ...(messagingServiceSid !== undefined && { messagingServiceSid }),
      ...(validSeconds !== undefined && { validityPeriod: Math.min(validSeconds, MAX_VALID_SECONDS) }),
    });
    const segments = Number(message.numSegments);
    return { backend: 'TwilioBackend', messageId: message.sid, ...(segments > 0 && { segments }) };
  }
}

const OPTIONS = ['sid', 'secret', 'apiKey', 'apiKeySecret', 'from', 'messagingServiceSid'];

function checkCredentials(reader: OptionReader): void {
  reader.exactlyOneText('secret', 'apiKey');
  const apiKey = reader.text('apiKey', '');
  if (apiKey !== '' && !apiKey.startsWith('SK')) {
    reader.fault('apiKey', 'must be the SID of an API key, which begins with SK');
  }
  const hasKey = reader.value('apiKey') !== undefined;
  if (hasKey) reader.requiredText('apiKeySecret');
  else if (reader.value('apiKeySecret') !== undefined) reader.fault('apiKeySecret', 'is for an apiKey; give that too');
}

type TwilioRequest = Parameters<TwilioSdk.RequestClient['request']>[0];
type TwilioResponse<TData> = ReturnType<typeof TwilioSdk.RequestClient.prototype.request<TData>>;

/** The SDK's client, over the library's connections. */
function clientFor(sdk: typeof TwilioSdk, options: TwilioBackendOptions, exchange: Exchange): Twilio {
  class Connection extends sdk.RequestClient {
    override async request<TData>(request: TwilioRequest): TwilioResponse<TData> {
      const response = await exchange(translate(request, options));
      if (!isTaken(response)) throw refusalOf(response);
      return { statusCode: response.status, body: JSON.parse(response.text), headers: response.headers };
    }
  }
  const { sid, apiKey = sid, secret, apiKeySecret = secret } = options;
  return sdk(apiKey, apiKeySecret, { httpClient: new Connection(), accountSid: sid });
}

function translate(request: TwilioRequest, { baseUrl, extra }: TwilioBackendOptions): ProviderRequest {
  const { method, uri, username = '', password = '', headers = {}, data = {} } = request;
  const { pathname, origin } = new URL(uri);
  const fields = Object.entries(withExtra(Object(data), extra)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return {
    method,
    url: (baseUrl ?? origin).replace(/\/$/, '') + pathname,
    headers: { ...headers, Authorization: basicAuthorization(username, password) },
    body: new URLSearchParams(fields).toString(),
  };
}

/** An accepted message has an id, and no status of failure. */
function isTaken(response: ProviderResponse): boolean {
  const json = jsonOf(response);
  return isSuccess(response.status) && json.at('sid').text !== undefined && !hasFailed(json);
}

/** Whether a message failed at once. */
function hasFailed(message: Json): boolean {
  return ['failed', 'undelivered', 'canceled'].includes(message.at('status').text ?? '');
}

/** A refused request has `code` and `message`, a message that failed at once `error_code` and `error_message`. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  return refusal(response, TWILIO_KINDS, {
    code: json.at('code').text ?? json.at('error_code').text,
    text: json.at('message').text ?? json.at('error_message').text,
    ...(hasFailed(json) && { otherwise: 'unreachable' }),
  });
}
