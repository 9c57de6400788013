import type { VerifiedPhone } from '../verification/verification.types.js';
import type { PhoneRequirement } from './phone-requirement.js';

/** What a request proved. */
interface Proven {
  readonly requirement: PhoneRequirement;
  readonly phone: VerifiedPhone;
}

/** Beside the requests, not on them, so that nothing a client sends can get here. */
const proven = new WeakMap<object, Proven>();

/** Keeps what a request proved, for its handler. */
export function keepProven(request: object, requirement: PhoneRequirement, phone: VerifiedPhone): void {
  proven.set(request, { requirement, phone });
}

/** Whether a request proved just this before: of a class and its handler, both may ask. */
export function hasProven(request: object, requirement: PhoneRequirement): boolean {
  return proven.get(request)?.requirement === requirement;
}

/** What a request proved last. */
export function provenPhone(request: object): VerifiedPhone | undefined {
  return proven.get(request)?.phone;
}
