import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { StorageUnavailableError } from '../phone-verify.errors.js';
import { PhoneVerificationService } from '../verification/phone-verification.service.js';
import { isToken } from '../common/random.js';
import type { VerifiedPhone } from '../verification/verification.types.js';
import { describeOutage, serviceUnavailable } from './error-response.js';
import { type HttpRequest, isJson, readField } from './http-request.js';
import { PhoneNotVerifiedException } from './phone-not-verified.exception.js';
import { type PhoneRequirement, Requirement } from './phone-requirement.js';
import { hasProven, keepProven } from './proven-requests.js';

const BODY_FIELD = 'verification_token';

const HEADER = 'x-phone-verification-token';

/**
 * Lets a request in that shows a proof of a verified phone. The application's own filters answer what it throws, so it
 * throws Nest's exceptions, with the library's body.
 */
@Injectable()
export class VerifiedPhoneGuard implements CanActivate {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly service: PhoneVerificationService,
    private readonly reflector: Reflector,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** @throws {@link PhoneNotVerifiedException} for every proof that does not count, and outside HTTP. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const requirement = this.reflector.getAllAndOverride(Requirement, [context.getHandler(), context.getClass()]);
    if (context.getType() !== 'http') {
      const place = `${context.getClass().name}.${context.getHandler().name}`;
      this.#logger.error(`@RequireVerifiedPhone works on routes over HTTP only; on ${place} it refuses every call.`);
      throw new PhoneNotVerifiedException();
    }
    const request: HttpRequest = context.switchToHttp().getRequest();
    if (hasProven(request, requirement)) return true;
    try {
      keepProven(request, requirement, await this.#prove(request, requirement));
    } catch (error) {
      this.adapterHost.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'Cache-Control', 'no-store');
      throw error;
    }
    return true;
  }

  async #prove(request: HttpRequest, requirement: PhoneRequirement): Promise<VerifiedPhone> {
    const token = requirement.from === 'header' ? request.headers[HEADER] : readToken(request);
    // A header that was sent twice has arrived as one text or as a list: neither is a token.
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
}

/** A form could be posted from another site: with its author's proof, in the name of whom the browser signs in. */
function readToken(request: HttpRequest): unknown {
  return isJson(request) ? readField(request.body, BODY_FIELD) : undefined;
}
