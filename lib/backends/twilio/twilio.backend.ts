import { Injectable } from '@nestjs/common';
import type TwilioSdk from 'twilio';
import type { Twilio } from 'twilio';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { basicAuthorization, type ProviderResponse, type ProviderRequest } from '../provider/http-exchange.js';
import { isSuccess, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import { checkProviderOptions, type ProviderOptions } from '../provider/provider-options.js';
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
  /** Auth token. */
  readonly secret: string;
  /** Sender: a number in E.164, a short code or an alphanumeric sender id. This or `messagingServiceSid`. */
  readonly from?: string;
  /** SID of the messaging service that chooses the sender, `MG…`. */
  readonly messagingServiceSid?: string;
}

/** https://www.twilio.com/docs/api/errors */
const KINDS: KindsByCode = {
  14107: 'throttled', // message rate of the sender
  20003: 'misconfigured', // authentication
  20005: 'misconfigured', // account not active
  20404: 'misconfigured', // unknown account
  20429: 'throttled',
  21211: 'rejected', // invalid number
  21212: 'misconfigured', // invalid sender
  21214: 'rejected', // cannot be reached
  21217: 'rejected', // does not appear to be valid
  21408: 'rejected', // region not permitted
  21421: 'rejected', // invalid number
  21603: 'misconfigured', // no sender
  21606: 'misconfigured', // sender cannot send to this number
  21610: 'rejected', // opted out
  21611: 'throttled', // queue of the sender is full
  21612: 'rejected', // not reachable from this sender
  21614: 'rejected', // not a mobile number
  21617: 'rejected', // text too long
  21659: 'misconfigured', // sender is not of this account
  21660: 'misconfigured', // sender and account do not match
  21701: 'misconfigured', // no such messaging service
  21703: 'misconfigured', // messaging service without a sender
  30022: 'throttled', // limit of a US carrier
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
    checkProviderOptions(options, ['sid', 'secret', 'from', 'messagingServiceSid'], (reader) => {
      const sid = reader.requiredText('sid');
      if (sid !== '' && !sid.startsWith('AC')) reader.fault('sid', 'must be an account SID, which begins with AC');
      reader.requiredText('secret');
      reader.exactlyOneText('from', 'messagingServiceSid');
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

type TwilioRequest = Parameters<TwilioSdk.RequestClient['request']>[0];
type TwilioResponse<TData> = ReturnType<typeof TwilioSdk.RequestClient.prototype.request<TData>>;

/** The SDK's client, over the library's connections. */
function clientFor(sdk: typeof TwilioSdk, options: TwilioBackendOptions, exchange: Exchange): Twilio {
  class Connection extends sdk.RequestClient {
    override async request<TData>(request: TwilioRequest): TwilioResponse<TData> {
      const response = await exchange(translate(request, options.baseUrl));
      if (!isTaken(response)) throw refusalOf(response);
      return { statusCode: response.status, body: JSON.parse(response.text), headers: response.headers };
    }
  }
  return sdk(options.sid, options.secret, { httpClient: new Connection(), accountSid: options.sid });
}

function translate(request: TwilioRequest, baseUrl: string | undefined): ProviderRequest {
  const { method, uri, username = '', password = '', headers = {}, data = {} } = request;
  const { pathname, origin } = new URL(uri);
  const fields = Object.entries(Object(data)).map(([name, value]): [string, string] => [name, String(value)]);
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
  const hasFailed = ['failed', 'undelivered', 'canceled'].includes(json.at('status').text ?? '');
  return isSuccess(response.status) && json.at('sid').text !== undefined && !hasFailed;
}

/** A refused request has `code` and `message`, a message that failed at once `error_code` and `error_message`. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  return refusal(response, KINDS, {
    code: json.at('code').text ?? json.at('error_code').text,
    text: json.at('message').text ?? json.at('error_message').text,
  });
}
