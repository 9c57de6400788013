import { ArgumentInvalidError } from '../phone-verify.errors.js';

/** Ten years: longer than any verification token is kept, short enough for every database's arithmetic. */
export const MAX_AGE_SECONDS = 315_360_000;

/**
 * @throws {@link ArgumentInvalidError} for anything but a string: callers in plain JavaScript may pass any input.
 */
export function requireString(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ArgumentInvalidError(name, 'must be a string');
}

/** @throws {@link ArgumentInvalidError} for a purpose that is not configured. `''` always is. */
export function requirePurpose(purpose: string | undefined, configured: readonly string[]): string {
  if (purpose === undefined || purpose === '') return '';
  if (configured.includes(purpose)) return purpose;
  throw new ArgumentInvalidError('purpose', 'is not one of the purposes that the module knows');
}

/** @throws {@link ArgumentInvalidError} for anything but a text of one or more characters, or `undefined`. */
export function requireSubject(subject: unknown): string | undefined {
  if (subject === undefined || (typeof subject === 'string' && subject !== '')) return subject;
  throw new ArgumentInvalidError('subject', 'must be a string of one or more characters');
}

/** @throws {@link ArgumentInvalidError} for anything but a whole number of seconds from 1 to ten years. */
export function requireAge(name: string, seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_AGE_SECONDS) return seconds;
  throw new ArgumentInvalidError(name, 'must be a whole number of seconds, 1 or more');
}

/** @throws {@link ArgumentInvalidError} for anything but a whole number of days from 0 to a hundred years. */
export function requireDays(name: string, days: number): number {
  if (Number.isInteger(days) && days >= 0 && days <= 36_500) return days;
  throw new ArgumentInvalidError(name, 'must be a whole number of days from 0 to 36500');
}
