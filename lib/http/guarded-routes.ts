import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer, Reflector } from '@nestjs/core';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { DEFAULT_MAX_AGE_SECONDS } from '../verification/verification-tokens.js';
import { type PhoneRequirement, Requirement } from './phone-requirement.js';
import { hasVerifiedPhoneParameter } from './verified-phone.decorator.js';

type Options = Pick<ResolvedPhoneVerifyOptions, 'purposes' | 'retentionDays' | 'expiration'>;

const reflector = new Reflector();

/**
 * Checks the routes of every controller of the application: each requirement must be one that the options can meet.
 *
 * @throws {@link PhoneVerifyConfigurationError} with every route that cannot.
 */
export function checkGuardedRoutes(modules: ModulesContainer, options: Options): void {
  const faults = [...controllersOf(modules)].flatMap((type) => faultsOfController(type, options));
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
}

/** A handler that requires a verified phone. */
export interface GuardedHandler {
  readonly controller: Type;
  readonly method: string;
  readonly required: PhoneRequirement;
}

/** All handlers of the application that require a verified phone. */
export function guardedHandlersOf(modules: ModulesContainer): GuardedHandler[] {
  return [...controllersOf(modules)].flatMap((controller) =>
    methodsOf(controller).flatMap((method) => {
      const required = requirementOf(controller, method) ?? requirementOf(controller);
      return required === undefined ? [] : { controller, method, required };
    }),
  );
}

function controllersOf(modules: ModulesContainer): Set<Type> {
  const types = new Set<Type>();
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) if (isClass(metatype)) types.add(metatype);
  }
  return types;
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function';
}

function methodsOf(controller: Type): string[] {
  return new MetadataScanner().getAllMethodNames(controller.prototype);
}

/** The own requirement of a class or of one of its methods. */
function requirementOf(controller: Type, method?: string): PhoneRequirement | undefined {
  return reflector.get(Requirement, method === undefined ? controller : controller.prototype[method]);
}

function faultsOfController(type: Type, options: Options): string[] {
  const required = requirementOf(type);
  return [
    ...faultsOfRequirement(type.name, required, options),
    ...methodsOf(type).flatMap((method) => {
      const place = `${type.name}.${method}`;
      const own = requirementOf(type, method);
      if ((own ?? required) === undefined && hasVerifiedPhoneParameter(type.prototype, method)) {
        return [`${place}: @VerifiedPhone() needs @RequireVerifiedPhone() on the handler or its class`];
      }
      return faultsOfRequirement(place, own, options);
    }),
  ];
}

function faultsOfRequirement(place: string, required: PhoneRequirement | undefined, options: Options): string[] {
  if (required === undefined) return [];
  const faults: string[] = [];
  const { purpose, maxAge } = required;
  if (purpose !== '' && !options.purposes.includes(purpose)) {
    faults.push(
      `${place}: @RequireVerifiedPhone requires the purpose "${purpose}", which is not in the option purposes; add it there`,
    );
  }
  const retained = retainedSeconds(options);
  if (maxAge > retained) {
    faults.push(
      `${place}: @RequireVerifiedPhone accepts verification tokens up to ${maxAge} seconds old, but retentionDays: ${options.retentionDays} keeps them for ${retained}; lower maxAge or raise retentionDays`,
    );
  }
  return faults;
}

/**
 * How long a verification token is retained at least. Rows are deleted by their age, but never before the default
 * `maxAge`.
 */
function retainedSeconds({ retentionDays, expiration }: Options): number {
  return Math.max(DEFAULT_MAX_AGE_SECONDS, retentionDays * 86_400 - expiration);
}
