import { Inject, Injectable } from '@nestjs/common';
import type { VerificationResult } from '../backends/verification-result.js';
import { type Clock, StorageTimeout } from '../common/time.js';
import type { IncomingRequest } from '../common/incoming-request.js';
import type { ClientAddress } from '../limits/send-request.js';
import { admitNumber, identifyNumber } from '../phone-number/admission.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { CodeChecker } from './code-checker.js';
import { CodeIssuer, type CodeRequest, type IssuedCode } from './code-issuer.js';
import type { SendOptions } from './verification.types.js';

/** A request for a code. The caller has validated the types of its fields, and its purpose. */
export interface SendInput {
  /** As the person wrote it. */
  readonly phoneNumber: string;
  readonly purpose: string;
  readonly options: Pick<SendOptions, 'language' | 'context' | 'ownNumber'>;
  /** `undefined` where no address is known: then no limit per address counts the send. */
  readonly client: ClientAddress | undefined;
  /** `undefined` where the application named no subject: then `perSubject` does not count the send. */
  readonly subject: string | undefined;
  /** The HTTP request, for `authorizeSend`. */
  readonly request: IncomingRequest | undefined;
}

/** A request to send the code of an open session again. */
export interface ResendInput extends SendInput {
  readonly sessionToken: string;
}

/** A code to check, as the person typed it. The caller has validated the types of the fields, and the purpose. */
export interface CheckInput {
  /** As the person wrote it. */
  readonly phoneNumber: string;
  readonly securityCode: string;
  readonly sessionToken: string;
  readonly purpose: string;
}

/** A check and the number that it was for. */
export interface CheckedNumber {
  /** E.164. */
  readonly phoneNumber: string;
  readonly result: VerificationResult;
}

/**
 * What the service and the routes share: reads the number and the clock once for each request, then issues or checks the
 * code.
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
  async send(input: SendInput): Promise<IssuedCode> {
    return this.issuer.issue(this.#read(input, { isResend: false }));
  }

  /** Sends the code of an open session again. */
  async resend(input: ResendInput): Promise<IssuedCode> {
    return this.issuer.repeat(this.#read(input, { isResend: true }), input.sessionToken);
  }

  /** Checks a code. */
  async check(input: CheckInput): Promise<CheckedNumber> {
    const { phoneNumber, securityCode, sessionToken, purpose } = input;
    const now = this.clock.now();
    const { number, testCode } = identifyNumber(phoneNumber, this.options, now);
    const typed = { number, testCode, now, purpose, sessionToken, securityCode: securityCode.trim() };
    const result = await this.checker.check(typed, this.#newTimeout());
    return { phoneNumber: number.e164, result };
  }

  #read(input: SendInput, { isResend }: Pick<CodeRequest, 'isResend'>): CodeRequest {
    const { phoneNumber, options, purpose, client, subject, request } = input;
    const now = this.clock.now();
    const { number, testCode } = admitNumber(phoneNumber, this.options, now);
    return {
      number,
      testCode,
      isTestNumber: testCode !== undefined,
      isOwnNumber: options.ownNumber === true,
      isResend,
      now,
      purpose,
      client,
      subject,
      request,
      options,
      timeout: this.#newTimeout(),
    };
  }

  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }
}
