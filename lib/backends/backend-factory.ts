import 'reflect-metadata';
import { type ForwardReference, type Provider, Scope, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  DECLARED_PARAMETERS,
  DECLARED_PROPERTIES,
  INJECTABLE,
  PARAMETER_TYPES,
  SCOPE,
} from '../common/nest-metadata.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { PHONE_VERIFY_BACKEND, PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { isBackendClass, isBackendProvider } from './backend-form.js';

/**
 * The provider of the backend. Everything about the backend happens in it, so that a test that overrides it has nothing
 * of the overridden one built or checked.
 *
 * @param fixed - What was given statically; without it, the factory of the options gives the backend.
 */
export function backendProvider(fixed: unknown): Provider {
  if (isBackendProvider(fixed) && !('useClass' in fixed)) return { provide: PHONE_VERIFY_BACKEND, ...fixed };
  const backend = isBackendProvider(fixed) && 'useClass' in fixed ? fixed.useClass : fixed;
  return {
    provide: PHONE_VERIFY_BACKEND,
    useFactory: (moduleRef: ModuleRef, given: { readonly backend?: unknown }): unknown =>
      build(moduleRef, backend ?? given.backend),
    // The checked options are listed so that the check comes before the backend is built.
    inject: [ModuleRef, PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_OPTIONS],
  };
}

async function build(moduleRef: ModuleRef, backend: unknown): Promise<unknown> {
  if (!isBackendClass(backend)) return backend;
  checkBackendClass(backend, moduleRef);
  return moduleRef.create(backend);
}

/**
 * @throws {@link PhoneVerifyConfigurationError} if the class takes something else first and would be handed the options
 *   for it, or if it would have to be built anew for each request.
 */
export function checkBackendClass(type: Type, moduleRef: ModuleRef): void {
  if (isRequestScoped(type, moduleRef)) {
    throw new PhoneVerifyConfigurationError(
      `backend: ${type.name} is request-scoped, or injects something that is; a backend is built once, so inject only singletons`,
    );
  }
  const [first]: unknown[] = Reflect.getOwnMetadata(PARAMETER_TYPES, type) ?? [];
  if (!ownDeclaredParameters(type).some(({ index }) => index === 0) && isProvided(first, moduleRef)) {
    throw new PhoneVerifyConfigurationError(
      `backend: the first constructor parameter of ${type.name} is ${first.name}, but the first parameter is handed the backend's options; ` +
        'put the options first, or give every parameter its own @Inject, with @Inject(PHONE_VERIFY_BACKEND_OPTIONS) for the options',
    );
  }
}

/** What `@Inject` says about a class's own constructor. Nest copies what a base class says in front of it. */
function ownDeclaredParameters(type: Type): { index: number; param: unknown }[] {
  const declared: { index: number; param: unknown }[] = Reflect.getMetadata(DECLARED_PARAMETERS, type) ?? [];
  const inherited: unknown[] = Reflect.getMetadata(DECLARED_PARAMETERS, Object.getPrototypeOf(type)) ?? [];
  return declared.slice(inherited.length);
}

/** Whether Nest could give this class: it is marked injectable, or the application has a provider under it. */
function isProvided(type: unknown, moduleRef: ModuleRef): type is Type {
  if (typeof type !== 'function') return false;
  if (Reflect.hasMetadata(INJECTABLE, type)) return true;
  try {
    moduleRef.get(type, { strict: false });
    return true;
  } catch {
    return false;
  }
}

/** Whether something that is injected is built for each request, by itself or for what it injects. */
function isRequestScoped(injected: unknown, moduleRef: ModuleRef, seen = new Set<unknown>()): boolean {
  const token = isForwardReference(injected) ? injected.forwardRef() : injected;
  if (seen.has(token)) return false;
  seen.add(token);
  if (typeof token === 'string' || typeof token === 'symbol') return isTokenRequestScoped(token, moduleRef);
  if (typeof token !== 'function') return false;
  const { scope }: { scope?: Scope } = Reflect.getMetadata(SCOPE, token) ?? {};
  return scope === Scope.REQUEST || dependenciesOf(token).some((one) => isRequestScoped(one, moduleRef, seen));
}

/** What a class injects, by the decorators of its parameters and properties. */
function dependenciesOf(type: object): unknown[] {
  const parameters: unknown[] = [...(Reflect.getMetadata(PARAMETER_TYPES, type) ?? [])];
  const declared: { index: number; param: unknown }[] = Reflect.getMetadata(DECLARED_PARAMETERS, type) ?? [];
  for (const { index, param } of declared) parameters[index] = param;
  const properties: { type: unknown }[] = Reflect.getMetadata(DECLARED_PROPERTIES, type) ?? [];
  return [...parameters, ...properties.map((property) => property.type)];
}

function isTokenRequestScoped(token: string | symbol, moduleRef: ModuleRef): boolean {
  try {
    return moduleRef.introspect(token).scope === Scope.REQUEST;
  } catch {
    // Nobody provides it: Nest says so better.
    return false;
  }
}

function isForwardReference(value: unknown): value is ForwardReference<() => unknown> {
  return typeof value === 'object' && value !== null && 'forwardRef' in value && typeof value.forwardRef === 'function';
}
