import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse } from '../provider/http-exchange.js';
import { isSuccess, type Json, jsonOf, type KindsByCode, refusal } from '../provider/provider-response.js';

/**
 * https://developer.vonage.com/en/api-errors/sms, in a copy of October 2026; the same as `SMSStatus` of `@vonage/sms` 1.21,
 * and 17. 13, 16, 19, 20 and 34 are not in it any more: they are from earlier lists of this API, whose meanings Vonage
 * still documents for its Messages API.
 */
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
  17: 'unreachable', // blocked by the provider behind Vonage
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

/** The response lists the parts of the message; status `0` means that a part was accepted. */
export function isTaken(response: ProviderResponse): boolean {
  const parts = partsOf(response);
  return (
    isSuccess(response.status) &&
    parts.length > 0 &&
    parts.every(isTakenPart) &&
    parts[0]?.at('message-id').text !== undefined
  );
}

export function refusalOf(response: ProviderResponse): SmsDeliveryError {
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
