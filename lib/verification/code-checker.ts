import { Inject, Injectable } from '@nestjs/common';
import { BackendHooks } from '../backends/backend-hooks.js';
import type { VerificationResult } from '../backends/verification-result.js';
import { randomToken } from '../common/random.js';
import type { StorageTimeout } from '../common/time.js';
import { VerificationStatus } from '../common/verification-status.js';
import { ConversionStatistic } from '../limits/conversion-statistic.js';
import { EventPublisher } from '../observability/event-publisher.js';
import type { IdentifiedNumber } from '../phone-number/admission.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { type CodeBinding, hashSecurityCode, hashToken, saltsOf } from './security-code.js';
import { resultOfCheck } from './session-rules.js';
import { type CheckOutcome, type SessionKey, VerificationStore } from './verification.store.js';

/** A code that a client sent, and the session that it is for, as decided at one instant. */
export interface TypedCode extends IdentifiedNumber {
  /** Epoch milliseconds at which the request arrived. */
  readonly now: number;
  readonly purpose: string;
  readonly sessionToken: string;
  readonly securityCode: string;
}

/** Checks codes: by the backend's own check where it has one, otherwise in one statement of the store. */
@Injectable()
export class CodeChecker {
  constructor(
    private readonly store: VerificationStore,
    private readonly hooks: BackendHooks,
    private readonly conversion: ConversionStatistic,
    private readonly events: EventPublisher,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Checks one code. */
  async check(typed: TypedCode, timeout: StorageTimeout): Promise<VerificationResult> {
    const own = await this.#askBackend(typed);
    if (own !== undefined) {
      const result = await this.#accept(typed, own, timeout);
      this.#publish(typed, result);
      return result;
    }
    const result = await this.#compare(typed, timeout);
    this.#publish(typed, result);
    if (result.attemptsLeft === 0) this.events.publish({ name: 'phone-verify.locked', ...subjectOf(typed) });
    return result;
  }

  /** The result of the backend's own check. No backend knows the code of a test number. */
  async #askBackend({ number, testCode, sessionToken, securityCode }: TypedCode) {
    if (testCode !== undefined) return undefined;
    return this.hooks.validateSecurityCode(securityCode, number.e164, sessionToken);
  }

  async #compare(typed: TypedCode, timeout: StorageTimeout): Promise<VerificationResult> {
    const binding = bindingOf(typed);
    const candidates = saltsOf(this.options.secret).map((salt) => hashSecurityCode(binding, typed.securityCode, salt));
    const newToken = randomToken();
    const outcome = await this.store.check(keyOf(binding), candidates, hashToken(newToken), typed.now, timeout);
    this.#countFirst(typed, outcome);
    return resultOfCheck(outcome, newToken, typed.now, this.options);
  }

  /** Applies the result of a backend's own check. `Valid` verifies the open session, if there is one. */
  async #accept(typed: TypedCode, own: VerificationResult, timeout: StorageTimeout): Promise<VerificationResult> {
    const { status, verification, attemptsLeft } = own;
    if (status !== VerificationStatus.Valid) return { status, verification, attemptsLeft };
    const newToken = randomToken();
    const key = keyOf(bindingOf(typed));
    const outcome = await this.store.accept(key, hashToken(newToken), typed.now, timeout);
    this.#countFirst(typed, outcome);
    const isIssued = outcome?.kind === 'correct' && outcome.isTokenIssued;
    return { status, verification, verificationToken: isIssued ? newToken : undefined };
  }

  /**
   * Counts a session once for the conversion guard, however often its code may be used. Never one of a test number: none
   * of its messages was counted, and whoever knows its code could make a country look verified.
   */
  #countFirst({ number, testCode }: TypedCode, outcome: CheckOutcome | undefined): void {
    const isFirst = outcome?.kind === 'correct' && outcome.isFirst;
    if (isFirst && testCode === undefined) this.conversion.countVerified(number);
  }

  #publish(typed: TypedCode, { status, attemptsLeft }: VerificationResult): void {
    const { phoneNumber, country, purpose } = subjectOf(typed);
    if (status === VerificationStatus.Valid) {
      this.events.publish({ name: 'phone-verify.verified', phoneNumber, country, purpose });
    } else {
      const outcome = status;
      this.events.publish({ name: 'phone-verify.check-failed', phoneNumber, country, purpose, outcome, attemptsLeft });
    }
  }
}

function subjectOf({ number: { e164: phoneNumber, country }, purpose }: TypedCode) {
  return { phoneNumber, country, purpose };
}

function keyOf({ sessionToken, phoneNumber, purpose }: CodeBinding): SessionKey {
  return { sessionToken: hashToken(sessionToken), phoneNumber, purpose };
}

function bindingOf({ number, purpose, sessionToken }: TypedCode): CodeBinding {
  return { sessionToken, phoneNumber: number.e164, purpose };
}
