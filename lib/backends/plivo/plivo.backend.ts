import { Injectable } from '@nestjs/common';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import {
  bareNumber,
  BulkProviderBackend,
  jsonRequest,
  type Outcome,
  type Outcomes,
  type SharedMessage,
} from '../provider/bulk.js';
import { basicAuthorization, type ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link PlivoBackend}.
 *
 * @publicApi
 */
export interface PlivoBackendOptions extends ProviderOptions {
  /** Auth ID, `MA…` or `SA…`. */
  readonly authId: string;
  /** Auth token. */
  readonly authToken: string;
  /** Sender: a number, a short code or an alphanumeric sender id. This or `powerpackUuid`. */
  readonly from?: string;
  /** UUID of the Powerpack that chooses the sender. */
  readonly powerpackUuid?: string;
  /** Fields of the Message API, such as `dlt_entity_id`. Default: none. */
  readonly extra?: PlivoFields;
}

/**
 * Fields of the Message API of Plivo: https://www.plivo.com/docs/messaging/api/message/send-a-message
 *
 * @publicApi
 */
export interface PlivoFields extends ProviderFields {
  /** Entity id of India's DLT. */
  readonly dlt_entity_id?: string;
  /** Template id of India's DLT. */
  readonly dlt_template_id?: string;
  /** Category of the template of India's DLT, such as `service_implicit`. */
  readonly dlt_template_category?: string;
  /** Whether Plivo keeps the text and the number in its logs. */
  readonly log?: boolean | string;
  /** Where Plivo reports the delivery. */
  readonly url?: string;
}

/**
 * The statuses in https://www.plivo.com/docs/voice/api/response, the same for all APIs of Plivo, read in November 2026; 403
 * as Plivo's own SDKs read it. Plivo's error codes (https://www.plivo.com/docs/messaging/troubleshooting/error-codes) are in
 * delivery reports only: a refused request has a status and a text. Statuses that mean the same everywhere are not listed.
 */
export const PLIVO_KINDS: KindsByCode = {
  400: 'unreachable',
  403: 'unreachable', // country not permitted
  invalid_number: 'rejected', // named in the list of this name
};

/** https://www.plivo.com/docs/messaging/api/message/send-a-message */
const VALID_SECONDS = { from: 5, to: 10_799 };

/**
 * Sends through the Message API of Plivo. Not with the `plivo` SDK: it changes the global defaults of axios, loads the
 * deprecated package `request`, and cannot be aborted. A message expires at Plivo with its code.
 *
 * @publicApi
 */
@Injectable()
export class PlivoBackend extends BulkProviderBackend<PlivoBackendOptions> {
  /** Plivo allows 1000; fewer keep responses and the effect of a failure small. */
  protected override readonly numbersPerRequest = 50;
  readonly #authorization: string;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: PlivoBackendOptions) {
    super(options);
    checkProviderOptions(options, ['authId', 'authToken', 'from', 'powerpackUuid'], (reader) => {
      reader.requiredText('authId');
      reader.requiredText('authToken');
      reader.exactlyOneText('from', 'powerpackUuid');
    });
    this.#authorization = basicAuthorization(options.authId, options.authToken);
  }

  protected override async deliverTogether(message: SharedMessage): Promise<Outcomes> {
    const { authId, from, powerpackUuid, baseUrl = 'https://api.plivo.com' } = this.options;
    const url = `${baseUrl.replace(/\/$/, '')}/v1/Account/${encodeURIComponent(authId)}/Message/`;
    const response = await message.exchange(
      jsonRequest(url, this.#authorization, this.options.extra, {
        src: from,
        powerpack_uuid: powerpackUuid,
        dst: message.numbers.map(bareNumber).join('<'),
        text: message.text,
        message_expiry: expiryOf(message),
      }),
    );
    return outcomesOf(message.numbers.map(bareNumber), response);
  }
}

function expiryOf({ validSeconds }: SharedMessage): number | undefined {
  if (validSeconds === undefined) return undefined;
  return Math.min(Math.max(validSeconds, VALID_SECONDS.from), VALID_SECONDS.to);
}

/** The response has an id for each accepted number, in their order, and lists the invalid ones. */
function outcomesOf(numbers: readonly string[], response: ProviderResponse): Outcomes {
  const json = jsonOf(response);
  const ids = json.at('message_uuid').items.map((id) => id.text);
  const invalid = new Set(json.at('invalid_number').items.map((number) => bareNumber(number.text ?? '')));
  const isTaken = isSuccess(response.status) && ids.length + invalid.size > 0;
  if (!isTaken) throw refusalOf(response);
  const taken = numbers.filter((number) => !invalid.has(number));
  // If the counts differ, nothing tells which numbers were accepted.
  const known = ids.length === taken.length ? taken : [];
  const refused = (): Outcome =>
    refusal(response, PLIVO_KINDS, { code: 'invalid_number', text: 'The number is not valid.' });
  return new Map<string, Outcome>([
    ...known.map((number, index): [string, Outcome] => [number, { backend: 'PlivoBackend', messageId: ids[index] }]),
    ...[...invalid].map((number): [string, Outcome] => [number, refused()]),
  ]);
}

function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const text = jsonOf(response).at('error').text;
  // A proxy's page has no such text. Its status is about the route to Plivo, not about a number.
  if (text === undefined) return refusal(response, {}, {});
  return refusal(response, kindsFor(text), { code: response.status, text });
}

/** The text of a refused request tells what is at fault. The account and the sender are at fault for every number. */
function kindsFor(text: string): KindsByCode {
  if (/insufficient (?:credit|balance|funds)/i.test(text)) return { 400: 'misconfigured', 402: 'misconfigured' };
  const isOfSender = /\bsrc\b|\bsource\b/i.test(text);
  const isOfNumber = /\bdst\b|\bdestination\b/i.test(text);
  if (isOfSender === isOfNumber) return PLIVO_KINDS;
  return { ...PLIVO_KINDS, 400: isOfSender ? 'misconfigured' : 'rejected' };
}
