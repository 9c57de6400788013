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
import { basicAuthorization, type HttpAnswer } from '../provider/http-exchange.js';
import { jsonOf, type KindsByCode, refusal } from '../provider/provider-answer.js';
import { checkProviderOptions, type ProviderOptions } from '../provider/provider-options.js';

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
  /** Sender: a number, a short code or an alphanumeric sender id. */
  readonly from: string;
}

/** https://www.plivo.com/docs/messaging/api/message/bulk-messaging; 403 as Plivo's own SDKs read it. */
const KINDS: KindsByCode = {
  403: 'rejected', // country not permitted
  invalid_number: 'rejected', // named in the list of this name
};

/** Plivo has no codes: a bad request that speaks of the sender alone says so in its text. */
const KINDS_OF_SENDER: KindsByCode = { ...KINDS, 400: 'misconfigured' };

/** https://www.plivo.com/docs/messaging/api/message/send-a-message */
const VALID_SECONDS = { from: 5, to: 10_799 };

/**
 * Sends through the Message API of Plivo. Not with the `plivo` SDK: it changes the global defaults of axios, loads the
 * retired package `request`, and cannot be aborted. A message waits at Plivo no longer than its code lives.
 *
 * @publicApi
 */
@Injectable()
export class PlivoBackend extends BulkProviderBackend<PlivoBackendOptions> {
  /** Plivo takes 1000; fewer keep the answer and a failure small. */
  protected override readonly numbersPerRequest = 50;

  /** @throws {@link PhoneVerifyConfigurationError} with every setting that is missing or unknown. */
  constructor(options: PlivoBackendOptions) {
    super(options);
    checkProviderOptions(options, ['authId', 'authToken', 'from'], (reader) => {
      reader.requiredText('authId');
      reader.requiredText('authToken');
      reader.requiredText('from');
    });
  }

  protected override async deliverTogether(message: SharedMessage): Promise<Outcomes> {
    const { authId, authToken, from, baseUrl = 'https://api.plivo.com' } = this.options;
    const url = `${baseUrl.replace(/\/$/, '')}/v1/Account/${encodeURIComponent(authId)}/Message/`;
    const answer = await message.exchange(
      jsonRequest(url, basicAuthorization(authId, authToken), {
        src: from,
        dst: message.numbers.map(bareNumber).join('<'),
        text: message.text,
        ...(message.validSeconds !== undefined && {
          message_expiry: Math.min(Math.max(message.validSeconds, VALID_SECONDS.from), VALID_SECONDS.to),
        }),
      }),
    );
    return outcomesOf(message.numbers.map(bareNumber), answer);
  }
}

/** The answer has an id for each number that was taken, in their order, and names those that were not. */
function outcomesOf(numbers: readonly string[], answer: HttpAnswer): Outcomes {
  const json = jsonOf(answer);
  const ids = json.at('message_uuid').items.map((id) => id.text);
  const invalid = new Set(json.at('invalid_number').items.map((number) => bareNumber(number.text ?? '')));
  const isTaken = answer.status >= 200 && answer.status < 300 && ids.length + invalid.size > 0;
  if (!isTaken) throw refusalOf(answer);
  const taken = numbers.filter((number) => !invalid.has(number));
  // With another count it is not said which of them were taken.
  const known = ids.length === taken.length ? taken : [];
  const refused = refusal(answer, KINDS, { code: 'invalid_number', text: 'The number is not valid.' });
  return new Map<string, Outcome>([
    ...known.map((number, index): [string, Outcome] => [number, { backend: 'PlivoBackend', messageId: ids[index] }]),
    ...[...invalid].map((number): [string, Outcome] => [number, refused]),
  ]);
}

function refusalOf(answer: HttpAnswer): SmsDeliveryError {
  const text = jsonOf(answer).at('error').text;
  // A page of a proxy has no such text; its status then speaks of the way to Plivo and not of a number.
  if (text === undefined) return refusal(answer, {}, {});
  const isOfSender = /\bsrc\b|\bsource\b/i.test(text) && !/\bdst\b|\bdestination\b/i.test(text);
  return refusal(answer, isOfSender ? KINDS_OF_SENDER : KINDS, { code: answer.status, text });
}
