import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';
import { CircuitOpenError } from './circuit-breaker.js';

/**
 * One error for a message that none of several backends took. It is `unknown` as soon as one of them may have sent it;
 * else `rejected`, when the last one refused the number; else the kind that all of them share, or `unavailable`. There
 * are seconds to wait when each of them asks for a pause, those of the first that takes messages again.
 */
export function failureOfAll(failures: readonly SmsDeliveryError[]): SmsDeliveryError {
  const last = failures.at(-1);
  if (last === undefined) return new SmsDeliveryError('unavailable', 'There was no time left to try a backend.');
  if (failures.length === 1) return last;
  const waits = failures.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds);
  const shortestWait = Math.min(...waits);
  // Nobody was asked: who called must be able to tell, so that it counts as no try.
  if (failures.every((failure) => failure instanceof CircuitOpenError))
    return failures[waits.indexOf(shortestWait)] ?? last;
  return new SmsDeliveryError(kindOfAll(failures), 'No backend took the message.', {
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
