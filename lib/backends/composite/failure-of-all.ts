import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';

/**
 * One error for a message that no backend sent. Its kind is `unknown` if one of them may have sent it, else `rejected`
 * if the last one refused the number, else the kind that all of them share, else `unavailable`. It has
 * `retryAfterSeconds` if every failure has: those of the backend that is available first.
 */
export function failureOfAll(failures: readonly SmsDeliveryError[]): SmsDeliveryError {
  const last = failures.at(-1);
  if (last === undefined) return new SmsDeliveryError('unavailable', 'There was no time left to try a backend.');
  if (failures.length === 1) return last;
  const shortestWait = Math.min(...failures.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds));
  return new SmsDeliveryError(kindOfAll(failures), 'No backend accepted the message.', {
    cause: last,
    providerCode: last.providerCode,
    retryAfterSeconds: shortestWait === 0 ? undefined : shortestWait,
  });
}

function kindOfAll(failures: readonly SmsDeliveryError[]): SmsDeliveryErrorKind {
  const kinds = new Set(failures.map(({ kind }) => kind));
  if (kinds.has('unknown')) return 'unknown';
  if (kinds.has('rejected')) return 'rejected';
  const [kind = 'unavailable', ...others] = kinds;
  return others.length === 0 ? kind : 'unavailable';
}
