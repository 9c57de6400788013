import { redactedCause } from '../common/redaction.js';
import { withinTimeLimit } from '../common/time.js';
import type { AuthorizeSend, LimitUsage } from './authorize-send.js';
import type { Refusal } from './refusal-log.js';
import type { Refusals } from './refusals.js';
import type { SendRequest } from './send-request.js';

/** Time limit of `authorizeSend`, in milliseconds. */
const AUTHORIZE_TIMEOUT_MS = 5000;

/** A send, and how `authorizeSend` reads what is used of its limits. */
export interface SendToDecide {
  readonly request: SendRequest;
  readonly usage: () => Promise<readonly LimitUsage[]>;
}

/**
 * Lets the application decide on a send.
 *
 * @throws {@link RateLimitedError} unless `authorizeSend` returns `true` in time.
 */
export async function requireAuthorization(
  authorizeSend: AuthorizeSend,
  { request, usage }: SendToDecide,
  refusals: Refusals,
): Promise<void> {
  const { number, purpose, client, subject, isOwnNumber } = request;
  const { e164: phoneNumber, country } = number;
  const send = {
    phoneNumber,
    country,
    ip: client?.ip?.text,
    subject,
    purpose,
    ownNumber: isOwnNumber,
    request: request.request,
    usage,
  };
  // A function that was written without types may return anything.
  let result: unknown;
  try {
    result = await withinTimeLimit(AUTHORIZE_TIMEOUT_MS, () => authorizeSend(send));
  } catch (thrown) {
    const cause = redactedCause(thrown, { hidden: [], phoneNumbers: [phoneNumber] });
    const reason = `it failed with ${cause.name}: ${cause.message}`;
    throw refusals.refuseWithoutEnd(request, refusalFor(reason), cause);
  }
  if (result !== true) throw refusals.refuseWithoutEnd(request, refusalFor('it did not return true'));
}

function refusalFor(reason: string): Refusal {
  return { rule: 'application', option: 'authorizeSend', reason, advice: 'This rule is your own.' };
}
