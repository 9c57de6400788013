import 'reflect-metadata';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { PARAMETER_TYPES } from '../common/nest-metadata.js';
import type { VerifiedPhone as Phone } from '../verification/verification.types.js';
import { provenPhone } from './proven-requests.js';

const TAKES_PHONE = Symbol('PhoneVerify.takesPhone');

const PhoneOfRequest = createParamDecorator((_data: unknown, context: ExecutionContext): Phone | undefined =>
  provenPhone(context.switchToHttp().getRequest<object>()),
);

/**
 * A number and when somebody proved to hold it.
 *
 * @publicApi
 */
export type VerifiedPhone = Phone;

/**
 * Hands a handler the phone that the request's proof proves: a value of the type of the same name. The handler, or its
 * class, carries {@link RequireVerifiedPhone}; without it the application does not start.
 *
 * @publicApi
 */
export function VerifiedPhone(): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) {
      Reflect.defineMetadata(TAKES_PHONE, true, target, key);
      correctType(target, key, index);
    }
    PhoneOfRequest()(target, key, index);
  };
}

/**
 * A compiler that sees one file at a time takes this function for the type of its name, and a pipe that validates custom
 * parameters would build one. The type is an interface, for which TypeScript notes `Object`.
 */
function correctType(target: object, method: string | symbol, index: number): void {
  const types: unknown[] | undefined = Reflect.getOwnMetadata(PARAMETER_TYPES, target, method);
  if (types?.[index] === VerifiedPhone) types[index] = Object;
}

/** Whether a method has a parameter with {@link VerifiedPhone}. */
export function takesVerifiedPhone(prototype: object, method: string): boolean {
  return Reflect.hasMetadata(TAKES_PHONE, prototype, method);
}
