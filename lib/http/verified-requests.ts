import type { VerifiedPhone } from '../verification/verification.types.js';
import type { PhoneRequirement } from './phone-requirement.js';

/** The requirement that a request met, and the phone of its verification token. */
interface MetRequirement {
  readonly requirement: PhoneRequirement;
  readonly phone: VerifiedPhone;
}

/** Kept outside the request objects, so that nothing a client sends can set it. */
const verifiedRequests = new WeakMap<object, MetRequirement>();

/** Records that a request met a requirement, and with which phone. */
export function recordVerified(request: object, requirement: PhoneRequirement, phone: VerifiedPhone): void {
  verifiedRequests.set(request, { requirement, phone });
}

/** Whether a request met this requirement before: the guard of a class and that of its handler may both ask. */
export function hasMet(request: object, requirement: PhoneRequirement): boolean {
  return verifiedRequests.get(request)?.requirement === requirement;
}

/** The phone of the requirement that a request met last. */
export function verifiedPhoneOf(request: object): VerifiedPhone | undefined {
  return verifiedRequests.get(request)?.phone;
}
