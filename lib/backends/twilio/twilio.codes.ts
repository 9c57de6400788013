import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';

/**
 * https://www.twilio.com/docs/api/errors, read in November 2026: every code that a send can return.
 *
 * A sender that is not registered in one country is `unreachable` there, because it may send to others. 30032 and 30034
 * are `misconfigured`: the operator has not registered the sender at all.
 */
export const TWILIO_KINDS: KindsByCode = {
  10001: 'misconfigured', // account not active
  10002: 'misconfigured', // not for trial accounts
  14107: 'throttled', // message rate of the sender
  20003: 'misconfigured', // authentication
  20005: 'misconfigured', // account not active
  20006: 'misconfigured', // access denied
  20008: 'misconfigured', // test credentials
  20010: 'misconfigured', // action disabled for the account
  20403: 'misconfigured', // forbidden
  20404: 'misconfigured', // unknown account
  20429: 'throttled',
  20500: 'unknown',
  20503: 'unavailable',
  20504: 'unknown',
  21211: 'rejected', // invalid number
  21212: 'misconfigured', // invalid sender
  21214: 'unreachable', // cannot be reached
  21217: 'rejected', // does not appear to be valid
  21267: 'misconfigured', // alphanumeric sender of a trial account
  21408: 'unreachable', // region not permitted
  21421: 'rejected', // invalid number
  21602: 'rejected', // no text
  21603: 'misconfigured', // no sender
  21604: 'rejected', // no number
  21605: 'rejected', // text too long
  21606: 'unreachable', // sender cannot send to this number
  21607: 'misconfigured', // sender of a trial account
  21608: 'unreachable', // number that a trial account may not send to
  21609: 'misconfigured', // status callback
  21610: 'rejected', // opted out
  21611: 'throttled', // queue of the sender is full
  21612: 'unreachable', // not reachable from this sender
  21614: 'unreachable', // not a mobile number
  21616: 'misconfigured', // sender matches several numbers
  21617: 'rejected', // text too long
  21618: 'rejected', // text refused
  21619: 'rejected', // no text
  21624: 'misconfigured', // validity period
  21627: 'misconfigured', // maximum price
  21635: 'unreachable', // landline
  21657: 'misconfigured', // invalid sender id
  21659: 'misconfigured', // sender is not of this account
  21660: 'misconfigured', // sender and account do not match
  21661: 'misconfigured', // sender cannot send messages
  21662: 'unreachable', // sender and number do not go together in the region Ireland
  21663: 'misconfigured', // routing of the sender
  21701: 'misconfigured', // no such messaging service
  21702: 'misconfigured', // messaging service not available
  21703: 'unreachable', // messaging service without a sender for this number
  21704: 'misconfigured', // messaging service without a sender
  21705: 'misconfigured', // messaging service invalid
  21709: 'misconfigured', // sender id not allowed for the messaging service
  21730: 'unavailable', // maintenance
  30001: 'throttled', // queue of the sender is full
  30002: 'misconfigured', // account suspended
  30003: 'unreachable', // handset cannot be reached
  30004: 'unreachable', // message blocked for this handset
  30005: 'rejected', // unknown handset
  30006: 'unreachable', // landline, or carrier cannot be reached
  30007: 'unreachable', // filtered by Twilio or the carrier
  30008: 'unreachable', // not delivered, for an unknown reason
  30010: 'unreachable', // costs more than the maximum price
  30017: 'unreachable', // congestion of the carrier
  30018: 'unreachable', // carrier wants the sender registered
  30019: 'rejected', // text too long for the carrier
  30022: 'throttled', // limit of a US carrier
  30023: 'throttled', // daily limit of a US carrier
  30024: 'unreachable', // carrier does not know the sender
  30027: 'throttled', // daily limit of T-Mobile
  30029: 'misconfigured', // content retention
  30030: 'misconfigured', // address retention
  30032: 'misconfigured', // toll-free sender not verified
  30033: 'unreachable', // US campaign suspended
  30034: 'misconfigured', // US sender not registered
  30035: 'unreachable', // US sender not ready yet
  30036: 'unreachable', // validity period is over
  30037: 'misconfigured', // outbound messages disabled
  30038: 'unreachable', // text with a code filtered
  30040: 'unreachable', // carrier wants the sender registered
  30041: 'unreachable', // sender not registered in this country
  30042: 'unreachable', // sender id not authorized in this country
  30043: 'unreachable', // carrier expects a domestic route
  30044: 'misconfigured', // text too long for a trial account
  30410: 'unknown', // carrier did not respond in time
  30450: 'rejected', // blocked as fraud
  30453: 'rejected', // blocked as fraud
  30454: 'misconfigured', // message limit of the account
  30485: 'rejected', // blocked as fraud
  30500: 'unknown',
  30630: 'rejected', // opted out
  63038: 'throttled', // daily limit of the account
  572002: 'unreachable', // sender that the trial account may not use for this number
  572005: 'unreachable', // number that a trial account may not send to
  572006: 'misconfigured', // a trial account may not send texts of its own
};

/** An accepted message has an id, and no status of failure. */
export function isTaken(response: ProviderResponse): boolean {
  const json = jsonOf(response);
  return isSuccess(response.status) && json.at('sid').text !== undefined && !hasFailed(json);
}

/** Whether a message failed at once. */
function hasFailed(message: Json): boolean {
  return ['failed', 'undelivered', 'canceled'].includes(message.at('status').text ?? '');
}

/** A refused request has `code` and `message`, a message that failed at once `error_code` and `error_message`. */
export function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const json = jsonOf(response);
  return refusal(response, TWILIO_KINDS, {
    code: json.at('code').text ?? json.at('error_code').text,
    text: json.at('message').text ?? json.at('error_message').text,
    ...(hasFailed(json) && { otherwise: 'unreachable' }),
  });
}
