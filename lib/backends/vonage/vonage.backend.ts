import { Injectable } from '@nestjs/common';
import type * as VonageAuth from '@vonage/auth';
import type * as VonageSms from '@vonage/sms';
import type { SendReceipt } from '../../common/send-receipt.js';
import { findUnsupportedCharacter } from '../../message/gsm-7.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtraInJson,
} from '../provider/provider-options.js';
import { textHeaders } from '../provider/provider-response.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';
import { isTaken, refusalOf } from './vonage.codes.js';

/**
 * Settings of {@link VonageBackend}.
 *
 * @publicApi
 */
export interface VonageBackendOptions extends ProviderOptions {
  /** API key. */
  readonly key: string;
  /** API secret. */
  readonly secret: string;
  /** Sender: a number or an alphanumeric sender id. */
  readonly from: string;
  /** Fields of the SMS API, such as `entity-id`. Default: none. */
  readonly extra?: VonageFields;
}

/**
 * Fields of the SMS API of Vonage: https://developer.vonage.com/en/api/sms
 *
 * @publicApi
 */
export interface VonageFields extends ProviderFields {
  /** Entity id of India's DLT. */
  readonly 'entity-id'?: string;
  /** Template id of India's DLT. */
  readonly 'content-id'?: string;
  /** Where Vonage reports the delivery. */
  readonly callback?: string;
  /** Validity period in milliseconds. */
  readonly ttl?: number;
}

/**
 * https://developer.vonage.com/en/api/sms takes 20 seconds or more, but recommends 30 minutes or more, or none. A code that
 * lives for a shorter time is sent without a validity period.
 */
const VALID_SECONDS = { from: 1800, to: 604_800 };

/**
 * Sends through the SMS API of Vonage, formerly Nexmo, with the `@vonage/sms` SDK. A message expires at Vonage with its
 * code if the code lives for at least 30 minutes; otherwise a late message may carry an expired code.
 *
 * @publicApi
 */
@Injectable()
export class VonageBackend extends ProviderBackend<VonageBackendOptions> {
  readonly #sms = new Sdk('VonageBackend', '@vonage/sms', async () => import('@vonage/sms'));
  readonly #auth = new Sdk('VonageBackend', '@vonage/auth', async () => import('@vonage/auth'));

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: VonageBackendOptions) {
    super(options);
    checkProviderOptions(options, ['key', 'secret', 'from'], (reader) => {
      reader.requiredText('key');
      reader.requiredText('secret');
      reader.requiredText('from');
    });
  }

  /** Imports the SDK, so that a missing one is a startup error. */
  override async onModuleInit(): Promise<void> {
    await this.#sms.get();
    await this.#auth.get();
  }

  protected override async deliver({
    to,
    text,
    validSeconds,
    sendId,
    exchange,
  }: OutgoingMessage): Promise<SendReceipt> {
    const sdk = await this.#sms.get();
    const client = clientFor(sdk, await this.#auth.get(), this.options, exchange);
    const { messages } = await client.send({
      to: withoutPlus(to),
      from: withoutPlus(this.options.from),
      text,
      ...(sendId !== undefined && { clientRef: sendId }),
      // Sent as plain text, characters outside GSM-7 are lost.
      ...(findUnsupportedCharacter(text) !== undefined && { type: sdk.TypeEnum.UNICODE }),
      ...(validSeconds !== undefined &&
        validSeconds >= VALID_SECONDS.from && { ttl: Math.min(validSeconds, VALID_SECONDS.to) * 1000 }),
    });
    return { backend: 'VonageBackend', messageId: messages[0]?.messageId, segments: messages.length };
  }
}

/** Vonage expects numbers without a plus. */
function withoutPlus(number: string): string {
  return number.replace(/^\+/, '');
}

type VonageRequest = Parameters<VonageSms.SMS['sendRequest']>[0];
type VonageResponse<TData> = ReturnType<typeof VonageSms.SMS.prototype.sendRequest<TData>>;

/** The SDK's client, over the library's connections. */
function clientFor(
  { SMS }: typeof VonageSms,
  { Auth }: typeof VonageAuth,
  { key, secret, baseUrl, extra }: VonageBackendOptions,
  exchange: Exchange,
): VonageSms.SMS {
  class Connection extends SMS {
    override async sendRequest<TData>(request: VonageRequest): VonageResponse<TData> {
      const prepared = await this.prepareRequest(request);
      const { method, url, headers = {} } = prepared;
      const body = withExtraInJson(this.prepareBody(prepared), extra);
      const response = await exchange({ method, url, headers, body });
      if (!isTaken(response)) throw refusalOf(response);
      const { status, text } = response;
      const returned = textHeaders(response);
      return { data: JSON.parse(text), status, statusText: '', headers: returned, config: prepared, request };
    }
  }
  // Without a key the SDK looks for a file of this name, and Node 24 warns if there is none.
  const auth = new Auth({ apiKey: key, apiSecret: secret, privateKey: '' });
  return new Connection(auth, baseUrl === undefined ? {} : { restHost: baseUrl.replace(/\/$/, '') });
}
