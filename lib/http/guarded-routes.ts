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
  const types = new Set<Type>();
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) if (isClass(metatype)) types.add(metatype);
  }
  const faults = [...types].flatMap((type) => faultsOfController(type, options));
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function';
}

function faultsOfController(type: Type, options: Options): string[] {
  const required: PhoneRequirement | undefined = reflector.get(Requirement, type);
  const methods = new MetadataScanner().getAllMethodNames(type.prototype);
  return [
    ...faultsOfRequirement(type.name, required, options),
    ...methods.flatMap((method) => {
      const place = `${type.name}.${method}`;
      const own: PhoneRequirement | undefined = reflector.get(Requirement, type.prototype[method]);
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
