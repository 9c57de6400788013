import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import type { IncomingRequest } from '../common/incoming-request.js';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { PhoneVerificationService } from '../verification/phone-verification.service.js';
import { isToken } from '../common/random.js';
import type { VerifiedPhone } from '../verification/verification.types.js';
import { describeOutage, serviceUnavailable } from './error-response.js';
import { isJson, readField } from './http-request.js';
import { PhoneNotVerifiedException } from './phone-not-verified.exception.js';
import { type PhoneRequirement, Requirement, TOKEN_FIELD, TOKEN_HEADER } from './phone-requirement.js';
import { UnparsedBodies } from './unparsed-body.js';
import { hasMet, recordVerified } from './verified-requests.js';

/**
 * Lets requests through that carry a valid verification token. The application's own filters handle what it throws, so
 * it throws Nest's exceptions, with the library's response body.
 */
@Injectable()
export class VerifiedPhoneGuard implements CanActivate {
  readonly #logger = new Logger('PhoneVerify');
  readonly #unparsed = new UnparsedBodies();

  constructor(
    private readonly service: PhoneVerificationService,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /**
   * @throws {@link PhoneNotVerifiedException} for every verification token that is not valid here, and outside HTTP.
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.reflector.getAllAndOverride(Requirement, [context.getHandler(), context.getClass()]);
    if (context.getType() !== 'http') {
      const place = `${context.getClass().name}.${context.getHandler().name}`;
      this.#logger.error(`@RequireVerifiedPhone works on HTTP routes only. On ${place} it refuses every call.`);
      throw new PhoneNotVerifiedException();
    }
    const request: IncomingRequest = context.switchToHttp().getRequest();
    if (hasMet(request, requirement)) return true;
    try {
      recordVerified(request, requirement, await this.#requirePhone(request, requirement));
    } catch (error) {
      this.adapterHost.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'Cache-Control', 'no-store');
      throw error;
    }
    return true;
  }

  async #requirePhone(request: IncomingRequest, requirement: PhoneRequirement): Promise<VerifiedPhone> {
    const token = requirement.from === 'header' ? request.headers[TOKEN_HEADER] : this.#readToken(request);
    // A header that is sent twice arrives as one joined string or as an array: neither is a token.
    const phone = isToken(token) ? await this.#find(token, requirement) : null;
    if (phone === null) throw new PhoneNotVerifiedException();
    return phone;
  }

  async #find(token: string, { maxAge, purpose, consume }: PhoneRequirement): Promise<VerifiedPhone | null> {
    try {
      return consume
        ? await this.service.consumeVerifiedPhone(token, { maxAge, purpose })
        : await this.service.getVerifiedPhone(token, { maxAge, purpose });
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      this.#logger.error(describeOutage(error));
      throw new ServiceUnavailableException(serviceUnavailable(), { cause: error });
    }
  }

  /**
   * Only JSON: another site could post a form that carries its author's verification token, and the browser would send
   * it with the session of the person who is signed in.
   */
  #readToken(request: IncomingRequest): unknown {
    if (!isJson(request)) return undefined;
    const token = readField(request.body, TOKEN_FIELD);
    if (token === undefined) this.#unparsed.inspect(request);
    return token;
  }
}
