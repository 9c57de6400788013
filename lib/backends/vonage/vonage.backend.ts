import { Injectable } from '@nestjs/common';
import type * as VonageAuth from '@vonage/auth';
import type * as VonageSms from '@vonage/sms';
import type { SendReceipt } from '../../common/send-receipt.js';
import { findUnsupportedCharacter } from '../../message/gsm-7.js';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal, textHeaders } from '../provider/provider-response.js';
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtraInJson,
} from '../provider/provider-options.js';
import { type Exchange, type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';
import { Sdk } from '../provider/sdk.js';

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

/** https://developer.vonage.com/en/api-errors/sms, read in November 2026. */
export const VONAGE_KINDS: KindsByCode = {
  1: 'throttled',
  2: 'unreachable', // missing parameter
  3: 'unreachable', // invalid parameter
  4: 'misconfigured', // credentials
  5: 'unknown', // internal error
  6: 'unreachable', // not processed, such as an unrecognized prefix
  7: 'rejected', // barred number
  8: 'misconfigured', // account suspended
  9: 'misconfigured', // not enough credit
  10: 'throttled', // too many connections
  11: 'misconfigured', // account not for this API
  12: 'rejected', // text too long
  13: 'unavailable', // not submitted, because communication failed
  14: 'misconfigured', // signature
  15: 'unreachable', // sender not permitted by local rules
  16: 'misconfigured', // validity period
  19: 'misconfigured', // feature not enabled
  20: 'misconfigured', // message class
  22: 'unreachable', // network does not match the number
  23: 'misconfigured', // callback address
  29: 'unreachable', // number that a trial account may not send to
  32: 'misconfigured', // signature and secret together
  33: 'rejected', // deactivated number
  34: 'rejected', // invalid number
};

/** If the sender is at fault, it is at fault for every number. */
const KINDS_OF_SENDER: KindsByCode = { ...VONAGE_KINDS, 2: 'misconfigured', 3: 'misconfigured' };

const KINDS_OF_NUMBER: KindsByCode = { ...VONAGE_KINDS, 2: 'rejected', 3: 'rejected' };

/**
 * https://developer.vonage.com/en/api/sms takes 20 seconds or more, but Vonage's list of errors asks for 30 minutes or
 * more, or none. A code that lives for a shorter time is sent without a validity period.
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

/** The response lists the parts of the message; status `0` means that a part was accepted. */
function isTaken(response: ProviderResponse): boolean {
  const parts = partsOf(response);
  return (
    isSuccess(response.status) &&
    parts.length > 0 &&
    parts.every(isTakenPart) &&
    parts[0]?.at('message-id').text !== undefined
  );
}

function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const parts = partsOf(response);
  const failed = parts.find((part) => !isTakenPart(part));
  const json = jsonOf(response);
  const text = failed?.at('error-text').text ?? json.at('detail').text ?? json.at('error-code-label').text;
  const code = failed?.at('status').text;
  // If some parts were accepted, it is unknown what arrives.
  if (parts.some(isTakenPart)) return refusal(response, {}, { code, text });
  return refusal(response, kindsFor(text), { code, text, ...(failed !== undefined && { otherwise: 'unreachable' }) });
}

/** The text of an error names the parameter that is at fault. */
function kindsFor(text = ''): KindsByCode {
  const isOfSender = /\bfrom\b/i.test(text);
  const isOfNumber = /\bto\b/i.test(text);
  if (isOfSender === isOfNumber) return VONAGE_KINDS;
  return isOfSender ? KINDS_OF_SENDER : KINDS_OF_NUMBER;
}

function partsOf(response: ProviderResponse): readonly Json[] {
  return jsonOf(response).at('messages').items;
}

function isTakenPart(part: Json): boolean {
  return part.at('status').text === '0';
}
