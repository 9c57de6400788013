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
import type { HttpAnswer } from '../provider/http-exchange.js';
import { type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-answer.js';
import { checkProviderOptions, type ProviderOptions } from '../provider/provider-options.js';

/**
 * Settings of {@link InfobipBackend}.
 *
 * @publicApi
 */
export interface InfobipBackendOptions extends ProviderOptions {
  /** Address of the account's own, `https://….api.infobip.com`. */
  readonly baseUrl: string;
  /** API key. */
  readonly apiKey: string;
  /** Sender: a number or an alphanumeric sender id. */
  readonly from: string;
}

/** https://www.infobip.com/docs/essentials/api-essentials/response-status-and-error-codes */
const KINDS: KindsByCode = {
  6: 'rejected', // network not covered
  8: 'rejected', // unknown prefix
  10: 'rejected', // do not disturb
  11: 'misconfigured', // sender not registered
  12: 'misconfigured', // not enough credits
  13: 'misconfigured', // sender is blocked
  14: 'rejected', // number is blocked
  17: 'misconfigured', // prepaid credits expired
  18: 'misconfigured', // test account may not send to this number
  19: 'misconfigured', // account without a route
  20: 'throttled', // too many messages to this number
  21: 'unavailable', // system error
  25: 'rejected', // text too long
  51: 'rejected', // no number
  52: 'rejected', // invalid number
  BAD_REQUEST: 'rejected',
  TOO_MANY_REQUESTS: 'throttled',
  UNAUTHORIZED: 'misconfigured',
};

/** Groups of statuses whose message was taken. */
const TAKEN = new Set<string | undefined>(['ACCEPTED', 'PENDING', 'DELIVERED']);

/** Groups of statuses whose message was refused. */
const REFUSED = new Set<string | undefined>(['REJECTED', 'UNDELIVERABLE', 'EXPIRED']);

/** 48 hours, the longest validity that the API takes. */
const MAX_VALID_SECONDS = 172_800;

/**
 * Sends through the SMS API of Infobip, version 3. Not with `@infobip-api/sdk`: it takes neither a time limit nor a
 * signal, and answers errors in place of throwing them. A message lives at Infobip no longer than its code.
 *
 * @publicApi
 */
@Injectable()
export class InfobipBackend extends BulkProviderBackend<InfobipBackendOptions> {
  protected override readonly numbersPerRequest = 100;

  /** @throws {@link PhoneVerifyConfigurationError} with every setting that is missing or unknown. */
  constructor(options: InfobipBackendOptions) {
    super(options);
    checkProviderOptions(options, ['apiKey', 'from'], (reader) => {
      if (reader.value('baseUrl') === undefined) reader.fault('baseUrl', 'is required');
      reader.requiredText('apiKey');
      reader.requiredText('from');
    });
  }

  protected override async deliverTogether(message: SharedMessage): Promise<Outcomes> {
    const { apiKey, from, baseUrl } = this.options;
    const amount = message.validSeconds && Math.min(message.validSeconds, MAX_VALID_SECONDS);
    const answer = await message.exchange(
      jsonRequest(`${baseUrl.replace(/\/$/, '')}/sms/3/messages`, `App ${apiKey}`, {
        messages: [
          {
            sender: from,
            destinations: message.numbers.map((number) => ({ to: bareNumber(number) })),
            content: { text: message.text },
            ...(amount !== undefined && { options: { validityPeriod: { amount, timeUnit: 'SECONDS' } } }),
          },
        ],
      }),
    );
    const messages = jsonOf(answer).at('messages').items;
    if (answer.status < 200 || answer.status >= 300 || messages.length === 0) throw refusalOf(answer);
    return new Map(messages.map((item) => [bareNumber(item.at('destination').text ?? ''), outcomeOf(item, answer)]));
  }
}

function outcomeOf(message: Json, answer: HttpAnswer): Outcome {
  const status = message.at('status');
  const group = status.at('groupName').text;
  const messageId = message.at('messageId').text;
  if (TAKEN.has(group) && messageId !== undefined) return { backend: 'InfobipBackend', messageId };
  if (!REFUSED.has(group)) return new SmsDeliveryError('unknown', 'The answer has no status that is known.');
  // It is refused within a 200; a code that is not listed counts as if the request had been.
  const code = status.at('id').text;
  return refusal({ ...answer, status: 400 }, KINDS, { code, text: status.at('description').text });
}

/** Version 3 has its errors at the top, the gateway in front of it inside `requestError`. */
function refusalOf(answer: HttpAnswer): SmsDeliveryError {
  const json = jsonOf(answer);
  const exception = json.at('requestError', 'serviceException');
  return refusal(answer, KINDS, {
    code: exception.at('messageId').text ?? json.at('errorCode').text,
    text: exception.at('text').text ?? json.at('description').text,
  });
}
