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
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';
import { checkProviderOptions, type ProviderFields, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link MessageBirdBackend}.
 *
 * @publicApi
 */
export interface MessageBirdBackendOptions extends ProviderOptions {
  /** Access key of the classic API. A key that begins with `bk_` is one of Bird's current API, for `BirdBackend`. */
  readonly accessKey: string;
  /** Sender: a number or up to 11 alphanumeric characters. */
  readonly originator: string;
  /** Fields of the SMS API, such as `reportUrl`. Default: none. */
  readonly extra?: MessageBirdFields;
}

/**
 * Fields of the SMS API of MessageBird: https://developers.messagebird.com/api/sms-messaging/#send-outbound-sms
 *
 * @publicApi
 */
export interface MessageBirdFields extends ProviderFields {
  /** Where MessageBird reports the delivery. */
  readonly reportUrl?: string;
}

/**
 * https://developers.messagebird.com/api/#api-errors. The page could not be read any more in November 2026: 2, 9, 10, 20 and
 * 25 are as in MessageBird's own SDK for PHP, 21, 98 and 99 as in clients of others.
 */
export const MESSAGEBIRD_KINDS: KindsByCode = {
  2: 'misconfigured', // request not allowed: the access key
  9: 'unreachable', // missing parameter, also: no correct recipient
  10: 'unreachable', // invalid parameter
  20: 'misconfigured', // not found
  21: 'unreachable', // bad request
  25: 'misconfigured', // not enough balance
  98: 'misconfigured', // no such API
  99: 'unknown', // internal error
};

/** A missing or invalid originator is refused with every number. */
const KINDS_OF_ORIGINATOR: KindsByCode = { ...MESSAGEBIRD_KINDS, 9: 'misconfigured', 10: 'misconfigured' };

const KINDS_OF_RECIPIENT: KindsByCode = { ...MESSAGEBIRD_KINDS, 9: 'rejected', 10: 'rejected' };

/**
 * Error codes of a recipient whose message failed. Those of the reasons "unknown subscriber" and "generic delivery failure",
 * and the example of a network error, were read in November 2026; all others are `unreachable`:
 * https://docs.bird.com/api/channels-api/message-status-and-interactions/message-failure-sources/sms-platform-extended-error-codes
 */
export const MESSAGEBIRD_STATUS_KINDS: KindsByCode = {
  0: 'unreachable', // no details
  1: 'rejected', // unknown subscriber
  2: 'unreachable', // unknown base station
  3: 'unreachable', // unknown switching centre
  5: 'rejected', // unidentified subscriber
  9: 'unreachable', // subscriber not admitted to the network
  10: 'unreachable', // service not provided for the subscriber
  11: 'unreachable', // SMS not provided for the subscriber
  12: 'unreachable', // barred by the subscriber's network
  34: 'unreachable', // network error
};

/** Key and balance: other errors of the same response say nothing then. */
const ACCOUNT_CODES = new Set<string | undefined>(['2', '25']);

/** Statuses of a recipient whose message was accepted. */
const TAKEN = new Set<string | undefined>(['scheduled', 'sent', 'buffered', 'delivered']);

/**
 * Sends through the classic SMS API of MessageBird, now Bird. Bird accepts keys of both APIs until 31 December 2026
 * (https://bird.com/en-us/migrate/from-messagebird-classic, read in November 2026): then use `BirdBackend`. Not with the
 * `messagebird` SDK: it has no option for the base URL and is no longer maintained. A message expires at MessageBird with
 * its code.
 *
 * @publicApi
 */
@Injectable()
export class MessageBirdBackend extends BulkProviderBackend<MessageBirdBackendOptions> {
  protected override readonly numbersPerRequest = 50;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: MessageBirdBackendOptions) {
    super(options);
    checkProviderOptions(options, ['accessKey', 'originator'], (reader) => {
      if (reader.requiredText('accessKey').startsWith('bk_')) {
        reader.fault(
          'accessKey',
          'is a key of Bird (bk_…), which the classic API does not accept; use BirdBackend of nestjs-phone-verify/bird',
        );
      }
      reader.requiredText('originator');
    });
  }

  protected override async deliverTogether(message: SharedMessage): Promise<Outcomes> {
    const { accessKey, originator, baseUrl = 'https://rest.messagebird.com' } = this.options;
    const response = await message.exchange(
      jsonRequest(`${baseUrl.replace(/\/$/, '')}/messages`, `AccessKey ${accessKey}`, this.options.extra, {
        recipients: message.numbers.map(bareNumber),
        originator,
        body: message.text,
        // By default, characters outside GSM-7 are lost.
        datacoding: 'auto',
        validity: message.validSeconds,
        reference: message.sendId,
      }),
    );
    const json = jsonOf(response);
    const messageId = json.at('id').text;
    if (!isSuccess(response.status) || messageId === undefined) throw refusalOf(response);
    const recipients = json.at('recipients', 'items').items;
    return new Map(
      recipients.map((item) => [bareNumber(item.at('recipient').text ?? ''), outcomeOf(item, messageId, response)]),
    );
  }
}

function outcomeOf(recipient: Json, messageId: string, response: ProviderResponse): Outcome {
  const status = recipient.at('status').text;
  if (status === 'delivery_failed') {
    return refusal(response, MESSAGEBIRD_STATUS_KINDS, {
      code: recipient.at('statusErrorCode').text ?? status,
      text: recipient.at('statusReason').text,
      otherwise: 'unreachable',
    });
  }
  if (!TAKEN.has(status)) return refusal(response, {}, { code: status, text: recipient.at('statusReason').text });
  const segments = recipient.at('messagePartCount').count ?? 0;
  return { backend: 'MessageBirdBackend', messageId, ...(segments > 0 && { segments }) };
}

/** A response has an error for each fault. One of the account counts before those of a recipient. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const errors = jsonOf(response)
    .at('errors')
    .items.map((error) => errorOf(error, response));
  const ofAccount = errors.filter(({ kind }) => kind === 'misconfigured');
  const decisive = ofAccount.find(({ providerCode }) => ACCOUNT_CODES.has(providerCode)) ?? ofAccount[0] ?? errors[0];
  return decisive ?? refusal(response, {}, {});
}

function errorOf(error: Json, response: ProviderResponse): SmsDeliveryError {
  const parameter = error.at('parameter').text ?? '';
  const kinds = parameter.startsWith('recipient')
    ? KINDS_OF_RECIPIENT
    : parameter === 'originator'
      ? KINDS_OF_ORIGINATOR
      : MESSAGEBIRD_KINDS;
  return refusal(response, kinds, { code: error.at('code').text, text: error.at('description').text });
}
