import { Inject, Injectable } from '@nestjs/common';
import type { VerificationResult } from '../backends/verification-result.js';
import type { Clock } from '../common/clock.js';
import type { SentVerification } from '../common/sent-verification.js';
import { StorageTimeout } from '../common/storage-timeout.js';
import { type ClientAddress, originOf } from '../limits/send-origin.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { admitNumber, identifyNumber } from '../phone-number/admission.js';
import { requirePurpose, requireString } from './call-arguments.js';
import { CodeChecker } from './code-checker.js';
import { CodeIssuer, type CodeRequest } from './code-issuer.js';
import type { SendOptions } from './verification.types.js';

/** Asks for a code. */
export interface SendInput {
  /** As the person wrote it. */
  readonly phoneNumber: string;
  readonly options: SendOptions;
  /** Who asks; `undefined` when unknown: then no limit per address counts the send. `options.ip` is not read. */
  readonly client: ClientAddress | undefined;
}

/** Asks for the code of an open session again. */
export interface ResendInput extends SendInput {
  readonly sessionToken: string;
}

/** A code to check, as the person typed it. */
export interface CheckInput {
  /** As the person wrote it. */
  readonly phoneNumber: string;
  readonly securityCode: string;
  readonly sessionToken: string;
  readonly purpose: string | undefined;
}

/** A check and the number that it was for. */
export interface CheckedNumber {
  /** E.164. */
  readonly phoneNumber: string;
  readonly result: VerificationResult;
}

/**
 * What the service and the routes share: validates the arguments of a call, then issues or checks the code. A caller of
 * the service may name any address as the client's; the routes read it from the connection.
 */
@Injectable()
export class CodeRequests {
  constructor(
    private readonly issuer: CodeIssuer,
    private readonly checker: CodeChecker,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Opens a session and sends its code. */
  async send(input: SendInput): Promise<SentVerification> {
    return this.issuer.issue(this.#read(input, { isResend: false }));
  }

  /** Sends the code of an open session again. */
  async resend(input: ResendInput): Promise<SentVerification> {
    const sessionToken = requireString('sessionToken', input.sessionToken);
    return this.issuer.repeat(this.#read(input, { isResend: true }), sessionToken);
  }

  /** Checks a code. */
  async check({ phoneNumber, securityCode, sessionToken, purpose }: CheckInput): Promise<CheckedNumber> {
    const now = this.clock.now();
    const identified = identifyNumber(phoneNumber, this.options, now);
    const typed = {
      ...identified,
      now,
      purpose: requirePurpose(purpose, this.options.purposes),
      sessionToken: requireString('sessionToken', sessionToken),
      securityCode: requireString('securityCode', securityCode).trim(),
    };
    const result = await this.checker.check(typed, this.#newTimeout());
    return { phoneNumber: identified.number.e164, result };
  }

  #read({ phoneNumber, options, client }: SendInput, { isResend }: Pick<CodeRequest, 'isResend'>): CodeRequest {
    const now = this.clock.now();
    const admitted = admitNumber(phoneNumber, this.options, now);
    return {
      ...admitted,
      isTestNumber: admitted.testCode !== undefined,
      isResend,
      now,
      purpose: requirePurpose(options.purpose, this.options.purposes),
      origin: originOf(client),
      isOwnNumber: options.ownNumber === true,
      options,
      timeout: this.#newTimeout(),
    };
  }

  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }
}
