import { Logger } from '@nestjs/common';
import { maskPhoneNumber, redact, redactedCause, type Secrets, secretsIn } from '../common/redaction.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import type { SendContext } from './base.backend.js';

/** Where a composite backend reports that one of its backends failed. Set by the library, which knows the code. */
export const REPORT_FAILURE = Symbol('PhoneVerify.reportFailure');

/** Takes the name of a backend and why it failed. */
export type FailureReport = (backend: string, error: SmsDeliveryError) => void;

/** The context of a send of the library's own. */
export interface ReportingContext extends SendContext {
  readonly [REPORT_FAILURE]?: FailureReport;
}

/** The report of a send; outside a verification, a log line without the words of the message that could be a code. */
export function reportOf(send: ReportingContext | undefined, number: string, message: string): FailureReport {
  return send?.[REPORT_FAILURE] ?? ((backend, error) => logFailure(backend, error, secretsIn(message, [number])));
}

/** Writes one line about a failed send: masked, and an error when an operator must act. */
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

/** The same error without secrets in any of its texts. */
export function withoutSecrets(error: SmsDeliveryError, secrets: Secrets): SmsDeliveryError {
  const { kind, providerCode, retryAfterSeconds, cause } = error;
  // Declared as a text, but a backend may have put anything there.
  const message: unknown = error.message;
  const text = typeof message === 'string' ? message : 'The backend failed.';
  return new SmsDeliveryError(kind, redact(text, secrets), {
    providerCode: providerCode === undefined ? undefined : redact(providerCode, secrets),
    retryAfterSeconds,
    cause: cause === undefined ? undefined : redactedCause(cause, secrets),
  });
}
