import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PhoneVerifyError } from '../phone-verify.errors.js';
import { PHONE_VERIFY_CLOCK } from '../phone-verify.tokens.js';
import type { Clock } from '../common/time.js';
import { describeOutage, type ErrorResponse, toErrorResponse } from './error-response.js';

/**
 * Turns the library's errors into the responses of its own routes. Put it on controllers of your own that call
 * the service; their module must be able to inject {@link PhoneVerificationService}. HTTP only.
 *
 * Extend it to change the bodies, as {@link translate} describes. A subclass may have a constructor of its own, and is
 * put on the library's routes with `decorators: [UseFilters(TranslatedErrors)]`.
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

  // Injected into properties, so that the constructor of a subclass passes nothing on.
  @Inject(HttpAdapterHost)
  private readonly adapterHost!: HttpAdapterHost;

  @Inject(PHONE_VERIFY_CLOCK)
  private readonly clock!: Clock;

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
    httpAdapter.reply(response, this.translate(body, host), body.statusCode);
  }

  /**
   * Returns the body of a response. Override it to give `message` in the language of the application, with `code` as the
   * key, or to add fields. Clients rely on the fields that are there.
   *
   * @param body - As the routes respond by default.
   * @param _host - The request's, as Nest passes it.
   * @returns The body to send; by default `body`. The status of the response does not change.
   * @example
   * ```ts
   * class TranslatedErrors extends PhoneVerifyExceptionFilter {
   *   protected override translate(body: ErrorResponse, host: ArgumentsHost): ErrorResponse {
   *     return { ...body, message: I18nContext.current(host).t(`phone.${body.code}`) };
   *   }
   * }
   * ```
   */
  protected translate(body: ErrorResponse, _host: ArgumentsHost): ErrorResponse {
    return body;
  }
}
