import { VerificationStatus } from '../verification/verification-status.js';
import type { VerificationResult } from '../verification/verification.types.js';
import type { EventPort } from './event-port.js';
import type { EventSubject } from './phone-verify-event.js';

/**
 * Tells what became of a check.
 *
 * @param isOwnCheck - Whether the library counted the attempt: only then is a session locked.
 */
export function publishCheck(
  events: EventPort,
  subject: EventSubject,
  { status, attemptsLeft }: VerificationResult,
  isOwnCheck: boolean,
): void {
  if (status === VerificationStatus.Valid) {
    events.publish({ name: 'phone-verify.verified', ...subject });
    return;
  }
  events.publish({ name: 'phone-verify.check-failed', ...subject, outcome: status, attemptsLeft });
  const isLast = isOwnCheck && status === VerificationStatus.Invalid && attemptsLeft === 0;
  if (isLast) events.publish({ name: 'phone-verify.locked', ...subject });
}
