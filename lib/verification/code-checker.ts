import { Inject, Injectable } from '@nestjs/common';
import type { StorageTimeout } from '../common/storage-timeout.js';
import { publishCheck } from './check-events.js';
import { EventPort } from '../observability/event-port.js';
import { ConversionStatistic } from '../limits/conversion-statistic.js';
import type { IdentifiedNumber } from '../phone-number/admission.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { BackendHooks } from '../backends/backend-hooks.js';
import { randomToken } from '../common/random.js';
import { type CodeBinding, hashSecurityCode, hashToken, secretsOf } from './security-code.js';
import { resultOfCheck } from './session-rules.js';
import { VerificationStatus } from '../common/verification-status.js';
import { type CheckOutcome, VerificationStore } from './verification.store.js';
import type { VerificationResult } from '../backends/verification-result.js';

/** A code that somebody typed, and the session that it is for. What it says was decided at `now`. */
export interface TypedCode extends IdentifiedNumber {
  /** Epoch milliseconds at which the request came. */
  readonly now: number;
  readonly purpose: string;
  readonly sessionToken: string;
  readonly securityCode: string;
}

/** Checks codes: by the backend's own check where it has one, otherwise in the one statement of the store. */
@Injectable()
export class CodeChecker {
  constructor(
    private readonly store: VerificationStore,
    private readonly hooks: BackendHooks,
    private readonly conversion: ConversionStatistic,
    private readonly events: EventPort,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Checks one code. */
  async check(typed: TypedCode, timeout: StorageTimeout): Promise<VerificationResult> {
    const { number, testCode, sessionToken, securityCode } = typed;
    // No backend knows the code of a test number.
    const own =
      testCode === undefined
        ? await this.hooks.validateSecurityCode(securityCode, number.e164, sessionToken)
        : undefined;
    const result = own === undefined ? await this.#compare(typed, timeout) : await this.#accept(typed, own, timeout);
    publishCheck(this.events, typed, result, own === undefined);
    return result;
  }

  async #compare(typed: TypedCode, timeout: StorageTimeout): Promise<VerificationResult> {
    const binding = bindingOf(typed);
    const candidates = secretsOf(this.options.secret).map((secret) =>
      hashSecurityCode(binding, typed.securityCode, secret),
    );
    const newToken = randomToken();
    const { now } = typed;
    const key = { ...binding, sessionToken: hashToken(binding.sessionToken) };
    const outcome = await this.store.check(key, candidates, hashToken(newToken), now, timeout);
    this.#countFirst(typed, outcome);
    return resultOfCheck(outcome, newToken, now, this.options);
  }

  /** Takes the answer of a backend's own check; a `Valid` one verifies the open session, where there is one. */
  async #accept(typed: TypedCode, own: VerificationResult, timeout: StorageTimeout): Promise<VerificationResult> {
    const { status, verification, attemptsLeft } = own;
    if (status !== VerificationStatus.Valid) return { status, verification, attemptsLeft };
    const newToken = randomToken();
    const binding = bindingOf(typed);
    const key = { ...binding, sessionToken: hashToken(binding.sessionToken) };
    const outcome = await this.store.accept(key, hashToken(newToken), typed.now, timeout);
    this.#countFirst(typed, outcome);
    const issued = outcome?.kind === 'right' && outcome.isTokenIssued;
    return { status, verification, verificationToken: issued ? newToken : undefined };
  }

  /**
   * A session counts once for the conversion guard, however often its code may be used. One of a test number never does:
   * no message of it was counted, and whoever knows its code could make a country look verified.
   */
  #countFirst({ number, testCode }: TypedCode, outcome: CheckOutcome | undefined): void {
    const isFirst = outcome?.kind === 'right' && outcome.isFirst;
    if (isFirst && testCode === undefined) this.conversion.countVerified(number);
  }
}

function bindingOf({ number, purpose, sessionToken }: TypedCode): CodeBinding {
  return { sessionToken, phoneNumber: number.e164, purpose };
}
