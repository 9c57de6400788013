import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';

/**
 * https://developers.telnyx.com/docs/messaging/messages/error-codes, read in November 2026. Of the general codes (1… and
 * 2…), those in https://support.telnyx.com/en/articles/6505121-telnyx-messaging-error-codes (a copy of June 2026) and 10008
 * in https://developers.telnyx.com/development/api-fundamentals/api-errors were read; 10039 and 20001 were found in neither.
 *
 * A sender that is not registered in one country is `unreachable` there, because it may send to others.
 */
export const TELNYX_KINDS: KindsByCode = {
  10001: 'rejected', // inactive number
  10002: 'rejected', // invalid number
  10003: 'misconfigured', // invalid address of a webhook
  10004: 'unreachable', // missing parameter
  10005: 'misconfigured', // wrong path
  10006: 'misconfigured', // invalid id, such as that of a messaging profile
  10007: 'unknown', // unexpected error
  10008: 'unknown', // time-out
  10009: 'misconfigured', // authentication
  10010: 'misconfigured', // authorization
  10011: 'throttled',
  10015: 'unreachable', // bad request
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
  40003: 'unreachable', // sender blocked as spam by the carrier
  40004: 'unreachable', // refused by the carrier
  40005: 'unreachable', // expired
  40006: 'unreachable', // carrier cannot be reached
  40008: 'unreachable', // not accepted by the carrier
  40009: 'rejected', // invalid text
  40010: 'unreachable', // sender not registered for 10DLC, in the United States
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
  40304: 'misconfigured', // fields in `extra` that do not go together
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
  40317: 'misconfigured', // media in `extra`
  40318: 'throttled', // queue is full
  40319: 'unreachable', // not reachable from this sender
  40320: 'misconfigured', // sender not usable yet
  40321: 'misconfigured', // messaging profile without a usable sender
  40322: 'rejected', // blocked text
  40323: 'misconfigured', // sender could not be enabled
  40325: 'misconfigured', // invalid alphanumeric sender
  40328: 'rejected', // text too long
  40329: 'unreachable', // toll-free sender not verified, in North America
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

/** An accepted message has an id, and no status of failure. */
export function isTaken(response: ProviderResponse): boolean {
  const data = jsonOf(response).at('data');
  return isSuccess(response.status) && data.at('id').text !== undefined && !hasFailed(data);
}

/** Whether a message failed at once. */
function hasFailed(message: Json): boolean {
  const status = message.at('to', 0, 'status').text ?? '';
  return ['cancelled', 'expired', 'sending_failed', 'delivery_failed'].includes(status);
}

/** A refused request has its errors at the top level, a message that failed at once has them beside its data. */
export function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  const [error] = [...json.at('errors').items, ...json.at('data', 'errors').items];
  const isOfSender = /^\/?(?:from|messaging_profile_id)$/.test(error?.at('source', 'pointer').text ?? '');
  return refusal(response, isOfSender ? KINDS_OF_SENDER : TELNYX_KINDS, {
    code: error?.at('code').text,
    text: error?.at('detail').text ?? error?.at('title').text,
    ...(hasFailed(json.at('data')) && { otherwise: 'unreachable' }),
  });
}
