import type { PhoneNumber } from '../phone-number/phone-number.js';
import { VerificationStatus } from '../common/verification-status.js';
import type { VerificationResult } from '../backends/verification-result.js';
import type { EventPort } from '../observability/event-port.js';

/**
 * Tells what became of a check.
 *
 * @param isOwnCheck - Whether the library counted the attempt: only then is a session locked.
 */
export function publishCheck(
  events: EventPort,
  { number, purpose }: { readonly number: PhoneNumber; readonly purpose: string },
  { status, attemptsLeft }: VerificationResult,
  isOwnCheck: boolean,
): void {
  const subject = { phoneNumber: number.e164, country: number.country, purpose };
  if (status === VerificationStatus.Valid) {
    events.publish({ name: 'phone-verify.verified', ...subject });
    return;
  }
  events.publish({ name: 'phone-verify.check-failed', ...subject, outcome: status, attemptsLeft });
  const isLast = isOwnCheck && status === VerificationStatus.Invalid && attemptsLeft === 0;
  if (isLast) events.publish({ name: 'phone-verify.locked', ...subject });
}
