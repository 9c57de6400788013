import type { InjectionToken } from '@nestjs/common';
import type { BaseBackend } from './base.backend.js';

/** What a backend is told when the application starts. */
export interface Preparation {
  /** Longest that one send of this backend may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The same for a backend inside it, when it is a composite one. */
  readonly insideTimeoutMs: number;
  /** Time that a composite backend around this one has for it, in milliseconds. */
  readonly shareMs?: number;
  /** Answers what the application provides under a token. */
  readonly resolve: (token: InjectionToken) => unknown;
}

/** Of a backend that is used without the module, such as in a script. */
export const ALONE: Preparation = { timeoutMs: 10_000, insideTimeoutMs: 5000, resolve: () => undefined };

/** The method with which a backend takes its {@link Preparation} and answers its time limit, in milliseconds. */
export const PREPARE = Symbol('PhoneVerify.prepare');

interface Preparable {
  [PREPARE](preparation: Preparation): number;
}

/** Prepares a backend. Answers the longest that one send of it may take, in milliseconds. */
export function prepareBackend(backend: BaseBackend<unknown>, preparation: Preparation): number {
  return isPreparable(backend) ? backend[PREPARE](preparation) : preparation.timeoutMs;
}

function isPreparable(backend: object): backend is Preparable {
  return PREPARE in backend;
}
