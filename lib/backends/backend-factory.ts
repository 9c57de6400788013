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
import {
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PHONE_VERIFY_GIVEN_OPTIONS,
} from '../phone-verify.tokens.js';
import { isBackendClass, isBackendProvider } from './backend-form.js';
import { checkDevelopmentSettings } from './development-settings.js';

/**
 * The Nest provider of the backend. It builds and checks the backend, so that a backend that a test overrides is neither
 * built nor checked.
 *
 * @param fixed - The static option `backend`; without it, the options factory gives the backend.
 */
export function backendProvider(fixed: unknown): Provider {
  if (isBackendProvider(fixed) && !('useClass' in fixed)) return { provide: PHONE_VERIFY_BACKEND, ...fixed };
  const backend = isBackendProvider(fixed) && 'useClass' in fixed ? fixed.useClass : fixed;
  return {
    provide: PHONE_VERIFY_BACKEND,
    useFactory: (moduleRef: ModuleRef, given: { readonly backend?: unknown }, options: object): unknown =>
      build(moduleRef, backend ?? given.backend, options),
    // They come from the resolved options, so all options are validated before the backend is built.
    inject: [ModuleRef, PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_BACKEND_OPTIONS],
  };
}

async function build(moduleRef: ModuleRef, backend: unknown, options: object): Promise<unknown> {
  if (!isBackendClass(backend)) return backend;
  checkBackendClass(backend, moduleRef);
  checkDevelopmentSettings(backend, options);
  return moduleRef.create(backend);
}

/**
 * @throws {@link PhoneVerifyConfigurationError} if the first constructor parameter of the class is something else than
 *   the options, or if the class is request-scoped.
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
      `backend: the first constructor parameter of ${type.name} is ${first.name}, but the first parameter receives the backend's options; ` +
        'put the options first, or give every parameter its own @Inject, with @Inject(PHONE_VERIFY_BACKEND_OPTIONS) for the options',
    );
  }
}

/** The `@Inject` entries of a class's own constructor. Nest puts those of the base class in front of them. */
function ownDeclaredParameters(type: Type): { index: number; param: unknown }[] {
  const declared: { index: number; param: unknown }[] = Reflect.getMetadata(DECLARED_PARAMETERS, type) ?? [];
  const inherited: unknown[] = Reflect.getMetadata(DECLARED_PARAMETERS, Object.getPrototypeOf(type)) ?? [];
  return declared.slice(inherited.length);
}

/** Whether Nest can inject this class: it is injectable, or the application provides it. */
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

/** Whether a dependency is request-scoped, by itself or because of what it injects. */
function isRequestScoped(injected: unknown, moduleRef: ModuleRef, seen = new Set<unknown>()): boolean {
  const token = isForwardReference(injected) ? injected.forwardRef() : injected;
  if (seen.has(token)) return false;
  seen.add(token);
  if (typeof token === 'string' || typeof token === 'symbol') return isTokenRequestScoped(token, moduleRef);
  if (typeof token !== 'function') return false;
  const { scope }: { scope?: Scope } = Reflect.getMetadata(SCOPE, token) ?? {};
  return scope === Scope.REQUEST || dependenciesOf(token).some((one) => isRequestScoped(one, moduleRef, seen));
}

/** What a class injects through its constructor and properties. */
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
    // Not provided: the error of Nest explains it better.
    return false;
  }
}

function isForwardReference(value: unknown): value is ForwardReference<() => unknown> {
  return typeof value === 'object' && value !== null && 'forwardRef' in value && typeof value.forwardRef === 'function';
}
