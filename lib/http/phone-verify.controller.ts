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
import type { IncomingRequest } from '../common/incoming-request.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { Clock } from '../common/time.js';
import { VerificationStatus } from '../common/verification-status.js';
import { CodeRequests, type SendInput } from '../verification/code-requests.js';
import { countByClient } from '../limits/limit-rules.js';
import { ClientAddresses } from './client-address.js';
import { ClientIdentification } from './client-identification.js';
import { CheckRefusedError } from './error-response.js';
import { readBody, RequestInvalidError, requireJson } from './http-request.js';
import { PhoneVerifyExceptionFilter } from './phone-verify-exception.filter.js';
import {
  describeSent,
  RegisterRequest,
  ResendRequest,
  type SentResponse,
  type VerifiedResponse,
  VerifyRequest,
} from './bodies.js';
import { UnparsedBodies } from './unparsed-body.js';

/**
 * Creates the controller of the three routes at a path. Each call creates new handler functions, so that metadata on
 * one controller's handlers does not affect another's. Version-neutral: the application's versioning does not move the
 * routes.
 */
export function createPhoneVerifyController(path: string): Type<object> {
  // A body is typed `unknown` and validated here, so that the application's own pipes neither refuse nor change it first.
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseFilters(PhoneVerifyExceptionFilter)
  class PhoneVerifyController {
    readonly #addresses = new ClientAddresses();
    readonly #identification: ClientIdentification | undefined;
    /** Whether a limit or the application uses the client's address. */
    readonly #isAddressUsed: boolean;
    readonly #unparsed = new UnparsedBodies();

    constructor(
      private readonly requests: CodeRequests,
      @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
      @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
    ) {
      const { identifyClient, authorizeSend, limits } = options;
      this.#identification = identifyClient && new ClientIdentification(identifyClient, this.#addresses);
      this.#isAddressUsed =
        authorizeSend !== undefined || limits.conversion !== undefined || countByClient(limits.rules);
    }

    @Post('register')
    @HttpCode(200)
    @Header('Cache-Control', 'no-store')
    async register(@Req() request: IncomingRequest, @Body() body: unknown): Promise<SentResponse> {
      const { phone_number, purpose } = this.#read(RegisterRequest, request, body);
      const { sent, codeFormat } = await this.requests.send(await this.#sendInput(request, phone_number, purpose));
      return describeSent(sent, codeFormat, this.clock.now());
    }

    @Post('resend')
    @HttpCode(200)
    @Header('Cache-Control', 'no-store')
    async resend(@Req() request: IncomingRequest, @Body() body: unknown): Promise<SentResponse> {
      const { phone_number, session_token, purpose } = this.#read(ResendRequest, request, body);
      const input = await this.#sendInput(request, phone_number, purpose);
      const { sent, codeFormat } = await this.requests.resend({ ...input, sessionToken: session_token });
      return describeSent(sent, codeFormat, this.clock.now());
    }

    @Post('verify')
    @HttpCode(200)
    @Header('Cache-Control', 'no-store')
    async verify(@Req() request: IncomingRequest, @Body() body: unknown): Promise<VerifiedResponse> {
      const fields = this.#read(VerifyRequest, request, body);
      const { phoneNumber, result } = await this.requests.check({
        phoneNumber: fields.phone_number,
        securityCode: fields.security_code,
        sessionToken: fields.session_token,
        purpose: fields.purpose ?? '',
      });
      if (result.status !== VerificationStatus.Valid) throw new CheckRefusedError(result.status, result.attemptsLeft);
      const { verificationToken: verification_token } = result;
      const message = 'Security code is valid.';
      return verification_token === undefined
        ? { message, phone_number: phoneNumber }
        : { message, phone_number: phoneNumber, verification_token };
    }

    #read<Fields extends { purpose: string | undefined }>(
      type: new () => Fields,
      request: IncomingRequest,
      body: unknown,
    ): Fields {
      requireJson(request);
      try {
        return readBody(type, body, this.options.purposes);
      } catch (error) {
        if (error instanceof RequestInvalidError) this.#unparsed.inspect(request);
        throw error;
      }
    }

    async #sendInput(request: IncomingRequest, phoneNumber: string, purpose = ''): Promise<SendInput> {
      const languages = request.headers['accept-language'];
      const language = Array.isArray(languages) ? languages.join(',') : languages;
      const { client, subject } = (await this.#identification?.identify(request)) ?? {
        client: this.#isAddressUsed ? this.#addresses.read(request) : undefined,
        subject: undefined,
      };
      return { phoneNumber, purpose, options: { language }, client, subject, request };
    }
  }
  return PhoneVerifyController;
}
