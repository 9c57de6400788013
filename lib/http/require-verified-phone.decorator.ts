import 'reflect-metadata';
import { applyDecorators, UseGuards } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { readRequirement, Requirement, type RequireVerifiedPhoneOptions } from './phone-requirement.js';
import { VerifiedPhoneGuard } from './verified-phone.guard.js';

/**
 * Only a request that shows a proof of a freshly verified phone reaches this route, or any route of this controller.
 * What a handler requires takes the place of what its class does. {@link VerifiedPhone} hands the number to the handler.
 *
 * Every other request is refused with 403 `phone_not_verified`, whatever the reason; 503 when the database is out of
 * reach. The module must be able to inject {@link PhoneVerificationService}. HTTP only: elsewhere every call is refused.
 *
 * @throws {@link PhoneVerifyConfigurationError} where it is written, for faulty options or a second one in the same place; while the
 *   application starts, for a `purpose` that is not one of the module's, or a `maxAge` that outlives the rows.
 * @publicApi
 */
export function RequireVerifiedPhone(options: RequireVerifiedPhoneOptions = {}): ClassDecorator & MethodDecorator {
  return applyDecorators(refuseSecond, Requirement(readRequirement(options)), UseGuards(VerifiedPhoneGuard));
}

/** Of two in one place the upper alone would count, whatever the other requires. */
function refuseSecond(target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void {
  const place: unknown = descriptor?.value ?? target;
  if (typeof place !== 'function' || !Reflect.hasOwnMetadata(Requirement.KEY, place)) return;
  throw new PhoneVerifyConfigurationError(`RequireVerifiedPhone: stands twice on ${place.name}; one has every setting`);
}
