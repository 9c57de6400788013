import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { PARAMETER_TYPES } from '../common/nest-metadata.js';
import type { VerifiedPhone as Phone } from '../verification/verification.types.js';
import { verifiedPhoneOf } from './verified-requests.js';

const HAS_PHONE_PARAMETER = Symbol('PhoneVerify.hasPhoneParameter');

const PhoneParameter = createParamDecorator((_data: unknown, context: ExecutionContext): Phone | undefined =>
  verifiedPhoneOf(context.switchToHttp().getRequest<object>()),
);

/**
 * A verified phone number: `phoneNumber` (E.164), `verifiedAt` and `purpose`.
 *
 * @publicApi
 */
export type VerifiedPhone = Phone;

/**
 * Injects the phone of the request's verification token into a handler, as a value of the type of the same name. The
 * handler or its class must have {@link RequireVerifiedPhone}; without it the application does not start.
 *
 * @example
 * ```ts
 * @Post()
 * @RequireVerifiedPhone()
 * create(@VerifiedPhone() phone: VerifiedPhone): Promise<void> {
 *   return this.accounts.create(phone.phoneNumber);
 * }
 * ```
 *
 * @publicApi
 */
export function VerifiedPhone(): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) {
      Reflect.defineMetadata(HAS_PHONE_PARAMETER, true, target, key);
      correctType(target, key, index);
    }
    PhoneParameter()(target, key, index);
  };
}

/**
 * A compiler that sees one file at a time (`isolatedModules`) writes this function into the metadata as the type of the
 * parameter, and a pipe that validates custom parameters would then construct one. For an interface, TypeScript writes
 * `Object`.
 */
function correctType(target: object, method: string | symbol, index: number): void {
  const types: unknown[] | undefined = Reflect.getOwnMetadata(PARAMETER_TYPES, target, method);
  if (types?.[index] === VerifiedPhone) types[index] = Object;
}

/** Whether a method has a parameter that is decorated with {@link VerifiedPhone}. */
export function hasVerifiedPhoneParameter(prototype: object, method: string): boolean {
  return Reflect.hasMetadata(HAS_PHONE_PARAMETER, prototype, method);
}
