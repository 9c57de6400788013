import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { PHONE_VERIFY_CLOCK } from '../phone-verify.tokens.js';
import type { Clock } from '../common/clock.js';
import { describeOutage, toErrorResponse } from './error-response.js';

/**
 * Answers the library's errors as its own routes do, whatever filters the application has for its own. For other routes
 * that call the service: `@UseFilters(PhoneVerifyExceptionFilter)` on a controller of a module that can inject the
 * service. HTTP only.
 *
 * @publicApi
 */
@Catch(PhoneVerifyError)
export class PhoneVerifyExceptionFilter implements ExceptionFilter<PhoneVerifyError> {
  readonly #logger = new Logger('PhoneVerify');

  /** @internal */
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers one error. */
  catch(error: PhoneVerifyError, host: ArgumentsHost): void {
    const body = toErrorResponse(error, this.clock.now());
    // A failed delivery is in the log already, with what the backend said.
    if (body.statusCode === 503) this.#logger.error(describeOutage(error));
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    if ('retry_after' in body) httpAdapter.setHeader(response, 'Retry-After', String(body['retry_after']));
    httpAdapter.reply(response, body, body.statusCode);
  }
}
