import type { BackendClass, BackendProvider } from './backend.options.js';
import { BaseBackend } from './base.backend.js';

const PROVIDER_KEYS = ['useClass', 'useFactory', 'useExisting', 'useValue'] as const;

/** Whether a value is a class that extends {@link BaseBackend}. */
export function isBackendClass(value: unknown): value is BackendClass {
  return typeof value === 'function' && value.prototype instanceof BaseBackend;
}

/** Whether a value is one of the forms of a Nest provider. */
export function isBackendProvider(value: unknown): value is BackendProvider {
  if (typeof value !== 'object' || value === null || value instanceof BaseBackend) return false;
  return PROVIDER_KEYS.some((key) => Object.hasOwn(value, key));
}

/** Whether a value is a backend in any form that the module accepts: class, instance or provider. */
export function isBackendForm(value: unknown): value is BackendClass | BaseBackend<unknown> | BackendProvider {
  if (isBackendProvider(value) && 'useClass' in value) return isBackendClass(value.useClass);
  return isBackendClass(value) || value instanceof BaseBackend || isBackendProvider(value);
}
