import type { BaseBackend } from './base.backend.js';

/**
 * The method by which a backend that limits its own time says how long one send may take: given the limit of a single
 * backend, both in milliseconds. Backends without it take the limit as it is.
 */
export const TIME_LIMIT = Symbol('PhoneVerify.timeLimit');

/** A backend that knows its own time limit. */
interface TimeLimited {
  [TIME_LIMIT](leafMs: number): number;
}

/** Longest that one send of a backend may take, in milliseconds. */
export function timeLimitOf(backend: BaseBackend<unknown>, leafMs: number): number {
  return isTimeLimited(backend) ? backend[TIME_LIMIT](leafMs) : leafMs;
}

function isTimeLimited(backend: object): backend is TimeLimited {
  return TIME_LIMIT in backend;
}
