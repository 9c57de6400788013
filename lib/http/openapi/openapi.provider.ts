import type { Provider, Type } from '@nestjs/common';
import type { ResolvedPhoneVerifyOptions } from '../../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../../phone-verify.tokens.js';

const DESCRIPTION = Symbol('PhoneVerify.openApi');

/**
 * Describes the routes for `@nestjs/swagger`, where it is installed. A factory provider, because applications build
 * their document before any lifecycle hook runs.
 */
export function openApiProvider(controller: Type<object>): Provider {
  return {
    provide: DESCRIPTION,
    useFactory: async ({ purposes }: ResolvedPhoneVerifyOptions): Promise<boolean> => {
      const { describeController } = await import('./describe-controller.js');
      return describeController(controller, purposes);
    },
    inject: [PHONE_VERIFY_OPTIONS],
  };
}
