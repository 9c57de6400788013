import { Logger } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';

/**
 * Lets a backend that sends no messages start only in development and tests.
 *
 * @throws {@link PhoneVerifyConfigurationError} if `NODE_ENV` is anything but `test` or `development`, unless the options
 *   have `allowInProduction: true`. If `NODE_ENV` is not set, it logs a warning.
 */
export function refuseInProduction(backend: string, allowInProduction: unknown): void {
  const environment = process.env['NODE_ENV'] ?? '';
  if (environment === 'test' || environment === 'development' || allowInProduction === true) return;
  if (environment !== '') {
    throw new PhoneVerifyConfigurationError(
      `backend: ${backend} sends no message and NODE_ENV is "${environment}"; choose a real backend, or set options.allowInProduction to true`,
    );
  }
  new Logger('PhoneVerify').warn(
    `${backend} sends no message. NODE_ENV is not set: set it to "production" where people register.`,
  );
}
