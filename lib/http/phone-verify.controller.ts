import {
  Body,
  Controller,
  Header,
  HttpCode,
  Inject,
  Post,
  Req,
  type Type,
  UseFilters,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { CLIENT_ADDRESS, type RoutedSendOptions } from '../limits/send-origin.js';
import { parsePhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { Clock } from '../common/clock.js';
import { PhoneVerificationService } from '../verification/phone-verification.service.js';
import { VerificationStatus } from '../common/verification-status.js';
import { ClientAddresses } from './client-address.js';
import { CheckRefusedError } from './error-response.js';
import { type HttpRequest, readBody, requireJson } from './http-request.js';
import { PhoneVerifyExceptionFilter } from './phone-verify-exception.filter.js';
import { RegisterRequest, ResendRequest, VerifyRequest } from './requests.js';
import { describeSent, type SentResponse, type VerifiedResponse } from './responses.js';

/**
 * The three routes. A body is typed `unknown` and read here, so that the application's own pipes neither refuse nor
 * change it first.
 */
@UseFilters(PhoneVerifyExceptionFilter)
abstract class PhoneVerifyRoutes {
  readonly #addresses = new ClientAddresses();

  constructor(
    private readonly service: PhoneVerificationService,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  @Post('register')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async register(@Req() request: HttpRequest, @Body() body: unknown): Promise<SentResponse> {
    requireJson(request);
    const { phone_number, purpose } = readBody(RegisterRequest, body, this.options.purposes);
    const sent = await this.service.sendSecurityCode(phone_number, this.#sendOptions(request, purpose));
    return describeSent(sent, this.clock.now());
  }

  @Post('resend')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async resend(@Req() request: HttpRequest, @Body() body: unknown): Promise<SentResponse> {
    requireJson(request);
    const { phone_number, session_token, purpose } = readBody(ResendRequest, body, this.options.purposes);
    const sent = await this.service.resendSecurityCode(
      phone_number,
      session_token,
      this.#sendOptions(request, purpose),
    );
    return describeSent(sent, this.clock.now());
  }

  @Post('verify')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async verify(@Req() request: HttpRequest, @Body() body: unknown): Promise<VerifiedResponse> {
    requireJson(request);
    const { phone_number, session_token, security_code, purpose } = readBody(
      VerifyRequest,
      body,
      this.options.purposes,
    );
    const result = await this.service.verifySecurityCode(phone_number, security_code, session_token, { purpose });
    if (result.status !== VerificationStatus.Valid) throw new CheckRefusedError(result.status, result.attemptsLeft);
    const { defaultCountry, numbers } = this.options;
    return {
      message: 'Security code is valid.',
      phone_number: parsePhoneNumber(phone_number, defaultCountry, numbers.validation).e164,
      ...(result.verificationToken !== undefined && { verification_token: result.verificationToken }),
    };
  }

  #sendOptions(request: HttpRequest, purpose: string | undefined): RoutedSendOptions {
    const languages = request.headers['accept-language'];
    return {
      language: Array.isArray(languages) ? languages.join(',') : languages,
      purpose,
      [CLIENT_ADDRESS]: this.#addresses.read(request),
    };
  }
}

/** The controller at a path. Version-neutral: the application's versioning does not move the routes. */
export function createPhoneVerifyController(path: string): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  class PhoneVerifyController extends PhoneVerifyRoutes {}
  return PhoneVerifyController;
}
