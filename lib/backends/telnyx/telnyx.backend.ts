import { Injectable } from '@nestjs/common';
import type Telnyx from 'telnyx';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  TIMEOUT_RANGE,
  withExtraInJson,
} from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';

/**
 * Settings of {@link TelnyxBackend}.
 *
 * @publicApi
 */
export interface TelnyxBackendOptions extends ProviderOptions {
  /** API key, `KEY…`. */
  readonly apiKey: string;
  /**
   * Sender: a number in E.164 or a short code that has a messaging profile, or an alphanumeric sender id, which needs
   * `messagingProfileId`. This, `messagingProfileId` or both.
   */
  readonly from?: string;
  /** Messaging profile. Without `from`, its number pool chooses the sender. */
  readonly messagingProfileId?: string;
  /** Fields of the Messaging API, such as `webhook_url`. Default: none. */
  readonly extra?: TelnyxFields;
}

/**
 * Fields of the Messaging API of Telnyx: https://developers.telnyx.com/api-reference/messages/send-a-message
 *
 * @publicApi
 */
export interface TelnyxFields extends ProviderFields {
  /** Where Telnyx reports the delivery. */
  readonly webhook_url?: string;
  /** Where Telnyx reports it if `webhook_url` fails. */
  readonly webhook_failover_url?: string;
  /** How the text is encoded. */
  readonly encoding?: 'auto' | 'gsm7' | 'ucs2';
}

/**
 * https://developers.telnyx.com/docs/messaging/messages/error-codes and
 * https://developers.telnyx.com/development/api-fundamentals/api-errors, read in November 2026.
 */
export const TELNYX_KINDS: KindsByCode = {
  10001: 'rejected', // inactive number
  10002: 'rejected', // invalid number
  10005: 'misconfigured', // wrong path
  10006: 'misconfigured', // invalid id, such as that of a messaging profile
  10007: 'unknown', // unexpected error
  10008: 'unknown', // time-out
  10009: 'misconfigured', // authentication
  10010: 'misconfigured', // authorization
  10011: 'throttled',
  10016: 'rejected', // number not in E.164
  10039: 'unreachable', // number that a trial account may not send to
  20001: 'misconfigured', // invalid API key
  20002: 'misconfigured', // API key revoked
  20006: 'misconfigured', // access token expired
  20012: 'misconfigured', // account inactive
  20013: 'misconfigured', // account blocked
  20014: 'misconfigured', // account not verified
  20015: 'misconfigured', // feature not enabled
  20016: 'misconfigured', // account not verified, level 1
  20017: 'misconfigured', // account not verified, level 2
  20100: 'misconfigured', // not enough funds
  40001: 'unreachable', // landline, or not routable
  40002: 'unreachable', // blocked as spam by the carrier
  40003: 'misconfigured', // sender blocked as spam
  40004: 'unreachable', // refused by the carrier
  40005: 'unreachable', // expired
  40006: 'unreachable', // carrier cannot be reached
  40008: 'unreachable', // not accepted by the carrier
  40009: 'rejected', // invalid text
  40010: 'misconfigured', // sender not registered for 10DLC
  40011: 'throttled', // limit of a carrier
  40012: 'rejected', // invalid number
  40013: 'misconfigured', // invalid sender
  40014: 'unreachable', // expired in the queue
  40015: 'misconfigured', // spam filter of Telnyx
  40016: 'throttled', // daily 10DLC limit of a carrier
  40017: 'unreachable', // blocked as spam by AT&T
  40018: 'throttled', // 10DLC limit of a carrier
  40019: 'misconfigured', // 10DLC tag of the sender
  40020: 'rejected', // blocked as fraud
  40100: 'misconfigured', // sender not enabled for messages
  40150: 'misconfigured', // toll-free sender not in the registry
  40151: 'misconfigured', // sender is being enabled elsewhere
  40155: 'misconfigured', // sender needs a letter of authorization
  40300: 'rejected', // opted out
  40301: 'unreachable', // message type not supported by the number
  40302: 'rejected', // text too long
  40305: 'misconfigured', // invalid sender
  40306: 'misconfigured', // alphanumeric sender not set up
  40307: 'misconfigured', // alphanumeric sender of another profile
  40308: 'misconfigured', // sender not for MMS
  40309: 'unreachable', // region not permitted
  40310: 'rejected', // invalid number
  40311: 'misconfigured', // profile secret wrong
  40312: 'misconfigured', // messaging profile disabled
  40313: 'misconfigured', // profile secret missing
  40314: 'misconfigured', // messages disabled for the account
  40315: 'misconfigured', // sender with too little deliverability
  40316: 'rejected', // no text
  40318: 'throttled', // queue is full
  40319: 'unreachable', // not reachable from this sender
  40320: 'misconfigured', // sender not usable yet
  40321: 'misconfigured', // messaging profile without a usable sender
  40322: 'rejected', // blocked text
  40323: 'misconfigured', // sender could not be enabled
  40325: 'misconfigured', // invalid alphanumeric sender
  40328: 'rejected', // text too long
  40329: 'misconfigured', // toll-free sender not verified
  40330: 'misconfigured', // toll-free sender not ready yet
  40331: 'misconfigured', // messaging profile without any region
  40333: 'misconfigured', // spend limit of the messaging profile
};

/** If the sender is at fault, it is at fault for every recipient. */
const KINDS_OF_SENDER: KindsByCode = {
  ...TELNYX_KINDS,
  10001: 'misconfigured',
  10002: 'misconfigured',
  10004: 'misconfigured', // missing parameter
  10015: 'misconfigured', // bad request
  10016: 'misconfigured',
};

/**
 * Sends through the Messaging API of Telnyx, with the `telnyx` SDK. Telnyx has no validity period: a late message may
 * carry an expired code.
 *
 * @publicApi
 */
@Injectable()
export class TelnyxBackend extends ProviderBackend<TelnyxBackendOptions> {
  readonly #sdk = new Sdk('TelnyxBackend', 'telnyx', async () => (await import('telnyx')).default);

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: TelnyxBackendOptions) {
    super(options);
    checkProviderOptions(options, ['apiKey', 'from', 'messagingProfileId'], (reader) => {
      reader.requiredText('apiKey');
      reader.someText('from', 'messagingProfileId');
      const isAlphanumeric = /[a-z]/i.test(reader.text('from', ''));
      if (isAlphanumeric && reader.value('messagingProfileId') === undefined) {
        reader.fault('messagingProfileId', 'is required with an alphanumeric sender in from');
      }
    });
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sdk.get();
  }

  protected override async deliver({ to, text, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { from, messagingProfileId } = this.options;
    const connection = new Connection(exchange, this.options.extra);
    const client = clientFor(await this.#sdk.get(), this.options, connection);
    const sending = client.messages.send({
      to,
      text,
      ...(from !== undefined && { from }),
      ...(messagingProfileId !== undefined && { messaging_profile_id: messagingProfileId }),
    });
    const { data } = await sending.catch((thrown: unknown) => {
      throw connection.failure ?? thrown;
    });
    const segments = data?.parts ?? 0;
    return { backend: 'TelnyxBackend', messageId: data?.id, ...(segments > 0 && { segments }) };
  }
}

/** Sends the requests of the SDK over the library's connections. */
class Connection {
  /** What was thrown. The SDK wraps it, and drops it when it looks like a timeout. */
  failure: unknown;

  constructor(
    private readonly exchange: Exchange,
    private readonly extra: TelnyxFields | undefined,
  ) {}

  async fetch(address: string | URL | Request, { method = 'GET', headers, body }: RequestInit = {}): Promise<Response> {
    try {
      const url = address instanceof Request ? address.url : String(address);
      const fields = Object.fromEntries(new Headers(headers));
      const written = withExtraInJson(bodyOf(body), this.extra);
      const response = await this.exchange({ method, url, headers: fields, body: written });
      if (!isTaken(response)) throw refusalOf(response);
      return new Response(response.text, { headers: { 'content-type': 'application/json' } });
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    }
  }
}

function clientFor(sdk: typeof Telnyx, options: TelnyxBackendOptions, connection: Connection): Telnyx {
  const { apiKey, baseUrl = 'https://api.telnyx.com' } = options;
  return new sdk({
    apiKey,
    baseURL: `${baseUrl.replace(/\/$/, '')}/v2`,
    fetch: (address, init) => connection.fetch(address, init),
    maxRetries: 0,
    // The library limits the time already.
    timeout: TIMEOUT_RANGE.to,
    // Without these, the SDK takes credentials and a log level from the environment, and logs texts of messages.
    clientID: null,
    clientSecret: null,
    logLevel: 'off',
  });
}

function bodyOf(body: RequestInit['body']): string | undefined {
  return typeof body === 'string' ? body : undefined;
}

/** An accepted message has an id, and no status of failure. */
function isTaken(response: ProviderResponse): boolean {
  const data = jsonOf(response).at('data');
  return isSuccess(response.status) && data.at('id').text !== undefined && !hasFailed(data);
}

/** Whether a message failed at once. */
function hasFailed(message: Json): boolean {
  const status = message.at('to', 0, 'status').text ?? '';
  return ['cancelled', 'expired', 'sending_failed', 'delivery_failed'].includes(status);
}

/** A refused request has its errors at the top level, a message that failed at once has them beside its data. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  const [error] = [...json.at('errors').items, ...json.at('data', 'errors').items];
  const isOfSender = /^\/?(?:from|messaging_profile_id)$/.test(error?.at('source', 'pointer').text ?? '');
  return refusal(response, isOfSender ? KINDS_OF_SENDER : TELNYX_KINDS, {
    code: error?.at('code').text,
    text: error?.at('detail').text ?? error?.at('title').text,
    ...(hasFailed(json.at('data')) && { otherwise: 'unreachable' }),
  });
}
