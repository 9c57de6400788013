import { Logger } from '@nestjs/common';
import { maskPhoneNumber, redact, redactedCause, type Secrets, secretsIn } from '../common/redaction.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';

/** Takes the name of a backend that failed, and why it failed. */
export type FailureReport = (backend: string, error: SmsDeliveryError) => void;

/** A report for a message whose code is not known: logs without any word of the message that could be the code. */
export function logFailuresOf(number: string, message: string): FailureReport {
  return (backend, error) => logFailure(backend, error, secretsIn(message, [number]));
}

/** Logs a failed send in one line, redacted; at level error if an operator must act. */
export function logFailure(backend: string, thrown: SmsDeliveryError, secrets: Secrets): void {
  const { kind, message, providerCode, cause } = withoutSecrets(thrown, secrets);
  const [number, ...others] = secrets.phoneNumbers ?? [];
  const to = number === undefined || others.length > 0 ? 'many numbers' : maskPhoneNumber(number);
  const code = providerCode === undefined ? '' : `, code ${providerCode}`;
  const reason = cause instanceof Error ? ` (${cause.name}: ${cause.message})` : '';
  const logger = new Logger('PhoneVerify');
  const text = `${backend} could not send to ${to}: ${kind}${code}: ${message}${reason}`;
  if (kind === 'misconfigured') logger.error(text);
  else logger.warn(text);
}

/** The same error with all its texts redacted. */
export function withoutSecrets(error: SmsDeliveryError, secrets: Secrets): SmsDeliveryError {
  const { kind, providerCode, retryAfterSeconds, cause } = error;
  // Declared as a string, but a backend may have put anything there.
  const message: unknown = error.message;
  const text = typeof message === 'string' ? message : 'The backend failed.';
  return new SmsDeliveryError(kind, redact(text, secrets), {
    providerCode: providerCode === undefined ? undefined : redact(providerCode, secrets),
    retryAfterSeconds,
    cause: cause === undefined ? undefined : redactedCause(cause, secrets),
  });
}
