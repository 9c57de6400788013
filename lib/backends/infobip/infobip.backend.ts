import { Injectable } from '@nestjs/common';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
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
import {
  checkProviderOptions,
  type ProviderFields,
  type ProviderOptions,
  withExtra,
} from '../provider/provider-options.js';

/**
 * Settings of {@link InfobipBackend}.
 *
 * @publicApi
 */
export interface InfobipBackendOptions extends ProviderOptions {
  /** Base URL of the account, `https://….api.infobip.com`. */
  readonly baseUrl: string;
  /** API key. */
  readonly apiKey: string;
  /** Sender: a number or an alphanumeric sender id. */
  readonly from: string;
  /** Fields of a message of the SMS API, such as `options.regional.indiaDlt`. Default: none. */
  readonly extra?: InfobipFields;
}

/**
 * Fields of a message of Infobip: https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages
 *
 * @publicApi
 */
export interface InfobipFields extends ProviderFields {
  readonly options?: ProviderFields & {
    readonly regional?: ProviderFields & {
      /** Ids of India's DLT. */
      readonly indiaDlt?: ProviderFields & {
        readonly contentTemplateId?: string;
        readonly principalEntityId?: string;
      };
    };
  };
  /** Where Infobip reports the delivery. */
  readonly webhooks?: ProviderFields;
}

/**
 * https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes, in a copy of July 2026: all
 * general statuses of a message, without those of calls. The codes of a refused request are from the reference of the API.
 */
export const INFOBIP_KINDS: KindsByCode = {
  4: 'unreachable', // refused by the operator
  6: 'unreachable', // network not covered
  8: 'unreachable', // unknown prefix
  9: 'unreachable', // not delivered
  10: 'rejected', // do not disturb
  11: 'misconfigured', // sender not registered
  12: 'misconfigured', // not enough credits
  13: 'misconfigured', // sender is blocked
  14: 'rejected', // number is blocked
  15: 'unreachable', // expired
  17: 'misconfigured', // prepaid credits expired
  18: 'unreachable', // number that a test account may not send to
  19: 'misconfigured', // account without a route
  20: 'unreachable', // too many messages to this number
  21: 'unavailable', // system error
  23: 'unreachable', // message id already used
  24: 'unreachable', // invalid header of the message
  25: 'rejected', // text too long
  29: 'unreachable', // expired
  31: 'unavailable', // not sent
  51: 'rejected', // no number
  52: 'rejected', // invalid number
  87: 'rejected', // blocked as fraud
  100: 'unavailable', // refused by the platform
  TOO_MANY_REQUESTS: 'throttled',
  UNAUTHORIZED: 'misconfigured',
};

/** The codes of a request with an invalid field. */
const INVALID_CODES = ['BAD_REQUEST', 'E400'];

/** Status groups of accepted messages. */
const TAKEN = new Set<string | undefined>(['ACCEPTED', 'PENDING', 'DELIVERED']);

/** Status groups of refused messages. */
const REFUSED = new Set<string | undefined>(['REJECTED', 'UNDELIVERABLE', 'EXPIRED']);

/** 48 hours, the longest validity period of the API. */
const MAX_VALID_SECONDS = 172_800;

/**
 * Sends through the SMS API of Infobip, version 3. Not with `@infobip-api/sdk`: it supports neither a time limit nor a
 * signal, and returns errors instead of throwing them. A message expires at Infobip with its code.
 *
 * @publicApi
 */
@Injectable()
export class InfobipBackend extends BulkProviderBackend<InfobipBackendOptions> {
  protected override readonly numbersPerRequest = 100;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: InfobipBackendOptions) {
    super(options);
    checkProviderOptions(options, ['apiKey', 'from'], (reader) => {
      if (reader.value('baseUrl') === undefined) reader.fault('baseUrl', 'is required');
      reader.requiredText('apiKey');
      reader.requiredText('from');
    });
  }

  protected override async deliverTogether(message: SharedMessage): Promise<Outcomes> {
    const { apiKey, from, baseUrl, extra } = this.options;
    const amount = message.validSeconds && Math.min(message.validSeconds, MAX_VALID_SECONDS);
    const response = await message.exchange(
      jsonRequest(`${baseUrl.replace(/\/$/, '')}/sms/3/messages`, `App ${apiKey}`, undefined, {
        messages: [
          withExtra(
            {
              sender: from,
              destinations: message.numbers.map((number) => ({ to: bareNumber(number) })),
              content: { text: message.text },
              options: amount === undefined ? undefined : { validityPeriod: { amount, timeUnit: 'SECONDS' } },
              webhooks: message.sendId === undefined ? undefined : { callbackData: message.sendId },
            },
            extra,
          ),
        ],
      }),
    );
    const messages = jsonOf(response).at('messages').items;
    if (!isSuccess(response.status) || messages.length === 0) throw refusalOf(response);
    return new Map(messages.map((item) => [bareNumber(item.at('destination').text ?? ''), outcomeOf(item, response)]));
  }
}

function outcomeOf(message: Json, response: ProviderResponse): Outcome {
  const status = message.at('status');
  const group = status.at('groupName').text;
  const messageId = message.at('messageId').text;
  if (TAKEN.has(group) && messageId !== undefined) {
    const segments = (message.at('details', 'messageCount').count ?? message.at('messageCount').count) || undefined;
    return { backend: 'InfobipBackend', messageId, ...(segments !== undefined && { segments }) };
  }
  if (!REFUSED.has(group)) return new SmsDeliveryError('unknown', 'The response has no known status.');
  const text = status.at('description').text;
  return refusal(response, INFOBIP_KINDS, { code: status.at('id').text, text, otherwise: 'unreachable' });
}

/** Version 3 has its errors at the top level, the gateway in front of it inside `requestError`. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  const exception = json.at('requestError', 'serviceException');
  return refusal(
    response,
    { ...INFOBIP_KINDS, ...kindsOfInvalid(json) },
    {
      code: exception.at('messageId').text ?? json.at('errorCode').text,
      text: exception.at('text').text ?? json.at('description').text,
    },
  );
}

/** The kind of an invalid request: the violations name the field. The sender is at fault for every number. */
function kindsOfInvalid(json: Json): KindsByCode {
  const fields = [
    ...json.at('violations').items.map((violation) => violation.at('property').text ?? ''),
    ...json.at('requestError', 'serviceException', 'validationErrors').names,
  ];
  const isOfSender = fields.some((field) => /\b(?:sender|from)\b/i.test(field));
  const isOfNumber = fields.some((field) => /\b(?:destinations?|to)\b/i.test(field));
  const kind = isOfSender ? 'misconfigured' : isOfNumber ? 'rejected' : 'unreachable';
  return Object.fromEntries(INVALID_CODES.map((code) => [code, kind] as const));
}
