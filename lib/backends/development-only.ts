import { Logger } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';

/**
 * Lets a backend that reaches nobody's phone start in development and tests alone.
 *
 * @throws {@link PhoneVerifyConfigurationError} if `NODE_ENV` names anything but `test` or `development` and the
 *   options do not say `allowInProduction: true`. An unset `NODE_ENV` is let through with a warning.
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
