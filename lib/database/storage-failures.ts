import { redactedCause } from '../common/redaction.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { isRefusal, isTransient } from './sql-dialect.js';

/** Wraps a driver error. TypeORM's own error contains and prints the parameters; the redacted cause does not. */
export function unavailable(thrown: unknown, values: readonly unknown[]): StorageUnavailableError {
  const driverError: unknown = thrown instanceof Error && 'driverError' in thrown ? thrown.driverError : thrown;
  const texts = values.flat().filter((value) => typeof value === 'string');
  const secrets = { hidden: texts, phoneNumbers: texts.filter((text) => /^\+\d+$/.test(text)) };
  return new StorageUnavailableError({ cause: redactedCause(driverError, secrets) });
}

/** Whether an operation can be run again after what it threw. */
export function canRetry(thrown: unknown): boolean {
  return isTransient(codeOf(thrown));
}

/** Whether the server has refused an operation's statement, so that it changed nothing. */
export function isRefusedByServer(thrown: unknown): boolean {
  return isRefusal(codeOf(thrown));
}

/** The driver's code of what an operation threw. */
function codeOf(thrown: unknown): unknown {
  const cause: unknown = thrown instanceof StorageUnavailableError ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
