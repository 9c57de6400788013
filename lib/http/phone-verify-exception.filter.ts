import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { PHONE_VERIFY_CLOCK } from '../phone-verify.tokens.js';
import type { Clock } from '../common/time.js';
import { describeOutage, toErrorResponse } from './error-response.js';

/**
 * Turns the library's errors into the responses that its own routes give. Put it on controllers of your own that call
 * the service; their module must be able to inject {@link PhoneVerificationService}. HTTP only.
 *
 * @example
 * ```ts
 * @Controller('invitations')
 * @UseFilters(PhoneVerifyExceptionFilter)
 * export class InvitationsController {}
 * ```
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

  /**
   * Sends the response for one error.
   *
   * @param error - What the library threw.
   * @param host - The request's, as Nest passes it.
   */
  catch(error: PhoneVerifyError, host: ArgumentsHost): void {
    const body = toErrorResponse(error, this.clock.now());
    // A failed delivery has been logged already, with the backend's own message.
    if (body.statusCode === 503) this.#logger.error(describeOutage(error));
    const { httpAdapter } = this.adapterHost;
    const response: unknown = host.switchToHttp().getResponse();
    if ('retry_after' in body) httpAdapter.setHeader(response, 'Retry-After', String(body['retry_after']));
    httpAdapter.reply(response, body, body.statusCode);
  }
}
