import type { FactoryProvider, InjectionToken, Type, ValueProvider } from '@nestjs/common';
import type { BaseBackend } from './base.backend.js';

/**
 * A class that extends {@link BaseBackend}. Nest builds it, so it can inject anything that the module's `imports` or a
 * global module provides.
 *
 * @publicApi
 */
export type BackendClass = Type<BaseBackend<unknown>>;

/**
 * The backend as the other forms of a Nest provider.
 *
 * @publicApi
 */
export type BackendProvider =
  | { readonly useClass: BackendClass }
  | { readonly useExisting: InjectionToken }
  | Pick<ValueProvider<BaseBackend<unknown>>, 'useValue'>
  | Pick<FactoryProvider<BaseBackend<unknown>>, 'useFactory' | 'inject'>;
