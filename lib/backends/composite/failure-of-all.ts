import { isOfAccount, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../common/sms-delivery.error.js';

/** All kinds, the most telling one first. */
const MOST_TELLING: readonly SmsDeliveryErrorKind[] = [
  'unknown',
  'rejected',
  'unavailable',
  'throttled',
  'misconfigured',
  'unreachable',
];

/**
 * One error for a message that no backend sent. It has the most telling kind of all failures, and `retryAfterSeconds` if
 * every failure has: those of the backend that is available first.
 */
export function failureOfAll(failures: readonly SmsDeliveryError[]): SmsDeliveryError {
  const last = failures.at(-1);
  if (last === undefined) return new SmsDeliveryError('unavailable', 'There was no time left to try a backend.');
  if (failures.length === 1) return last;
  const shortestWait = Math.min(...failures.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds));
  const kind = MOST_TELLING.find((each) => failures.some((failure) => failure.kind === each));
  return new FailureOfAllError(failures.every(isOfAccount), kind ?? 'unknown', 'No backend accepted the message.', {
    cause: last,
    providerCode: last.providerCode,
    retryAfterSeconds: shortestWait === 0 ? undefined : shortestWait,
  });
}

/** Whether the accounts of all backends are at fault, so that every number would fail. */
export function isOfAllAccounts(error: SmsDeliveryError): boolean {
  return error instanceof FailureOfAllError ? error.isOfEveryAccount : isOfAccount(error);
}

/** Several backends failed. */
class FailureOfAllError extends SmsDeliveryError {
  constructor(
    readonly isOfEveryAccount: boolean,
    ...given: ConstructorParameters<typeof SmsDeliveryError>
  ) {
    super(...given);
  }
}
