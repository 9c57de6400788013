import 'reflect-metadata';
import { applyDecorators, UseGuards } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { readRequirement, Requirement, type RequireVerifiedPhoneOptions } from './phone-requirement.js';
import { VerifiedPhoneGuard } from './verified-phone.guard.js';

/**
 * Protects a route, or every route of a controller: only requests with the verification token of a recently verified
 * phone get through. The requirement of a handler replaces that of its class. {@link VerifiedPhone} injects the number
 * into the handler.
 *
 * Every other request gets 403 `phone_not_verified`, whatever the reason, or 503 if the database cannot be reached. The
 * module of the controller must be able to inject {@link PhoneVerificationService}. Works over HTTP only: elsewhere
 * every call is refused.
 *
 * @param options - Which verification tokens are accepted. Default: at most 900 seconds old, of the purpose `''`, in
 *   the body, not consumed.
 * @returns A decorator for a class or a method.
 * @throws {@link PhoneVerifyConfigurationError} where it is applied, if the options are invalid or the decorator is
 *   applied twice to one target; while the application starts, if `purpose` is not one of the module's, or `maxAge` is
 *   longer than rows are retained.
 * @example
 * ```ts
 * @Controller('password')
 * export class PasswordController {
 *   @Post('reset')
 *   @RequireVerifiedPhone({ maxAge: 300, consume: true })
 *   reset(@VerifiedPhone() { phoneNumber }: VerifiedPhone, @Body() body: ResetRequest): Promise<void> {
 *     return this.passwords.reset(phoneNumber, body.password);
 *   }
 * }
 * ```
 * @publicApi
 */
export function RequireVerifiedPhone(options: RequireVerifiedPhoneOptions = {}): ClassDecorator & MethodDecorator {
  return applyDecorators(refuseSecond, Requirement(readRequirement(options)), UseGuards(VerifiedPhoneGuard));
}

/** Of two on one target, only the upper would have an effect, whatever the other requires. */
function refuseSecond(target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void {
  const place: unknown = descriptor?.value ?? target;
  if (typeof place !== 'function' || !Reflect.hasOwnMetadata(Requirement.KEY, place)) return;
  throw new PhoneVerifyConfigurationError(
    `RequireVerifiedPhone: is applied twice to ${place.name}; put all settings into one`,
  );
}
