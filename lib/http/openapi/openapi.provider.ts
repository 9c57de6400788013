import type { Provider, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ResolvedPhoneVerifyOptions } from '../../phone-verify.options.js';
import { guardedHandlersOf } from '../guarded-routes.js';
import { PHONE_VERIFY_OPTIONS } from '../../phone-verify.tokens.js';

const DESCRIPTION = Symbol('PhoneVerify.openApi');

/**
 * Describes the library's routes, and what the application's guarded routes require, for `@nestjs/swagger`, where it is
 * installed. A factory provider, because applications build their document before any lifecycle hook runs.
 *
 * @param routes - The controllers of the library's routes.
 */
export function openApiProvider(routes: readonly Type<object>[]): Provider {
  return {
    provide: DESCRIPTION,
    useFactory: async ({ purposes }: ResolvedPhoneVerifyOptions, modules: ModulesContainer): Promise<void> => {
      const { describeController } = await import('./describe-controller.js');
      for (const controller of routes) await describeController(controller, purposes);
      const { describeGuardedHandlers } = await import('./describe-guarded-handlers.js');
      await describeGuardedHandlers(guardedHandlersOf(modules));
    },
    inject: [PHONE_VERIFY_OPTIONS, ModulesContainer],
  };
}
