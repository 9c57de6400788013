import { Inject, Injectable } from '@nestjs/common';
import type { StorageTimeout } from '../common/storage-timeout.js';
import { publishCheck } from '../events/check-events.js';
import { EventPort } from '../events/event-port.js';
import { SendLimits } from '../limits/send-limits.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { BackendHooks } from './backend-hooks.js';
import type { Clock } from './clock.js';
import { randomToken } from './random.js';
import { type CodeBinding, hashSecurityCode, hashToken, secretsOf } from './security-code.js';
import { resultOfCheck } from './session-rules.js';
import { testCodeOf } from './test-numbers.js';
import { VerificationStatus } from './verification-status.js';
import { type CheckOutcome, VerificationStore } from './verification.store.js';
import type { VerificationResult } from './verification.types.js';

/** A code that somebody typed, and the session that it is for. */
export interface TypedCode {
  readonly number: PhoneNumber;
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
    private readonly limits: SendLimits,
    private readonly events: EventPort,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Checks one code. */
  async check(typed: TypedCode, timeout: StorageTimeout): Promise<VerificationResult> {
    const { number, sessionToken, securityCode } = typed;
    // No backend knows the code of a test number.
    const own = this.#isTest(number)
      ? undefined
      : await this.hooks.validateSecurityCode(securityCode, number.e164, sessionToken);
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
    const now = this.clock.now();
    const key = { ...binding, sessionToken: hashToken(binding.sessionToken) };
    const outcome = await this.store.check(key, candidates, hashToken(newToken), now, timeout);
    this.#countFirst(typed.number, outcome);
    return resultOfCheck(outcome, newToken, now, this.options);
  }

  /** Takes the answer of a backend's own check; a `Valid` one verifies the open session, where there is one. */
  async #accept(typed: TypedCode, own: VerificationResult, timeout: StorageTimeout): Promise<VerificationResult> {
    const { status, verification, attemptsLeft } = own;
    if (status !== VerificationStatus.Valid) return { status, verification, attemptsLeft };
    const newToken = randomToken();
    const binding = bindingOf(typed);
    const key = { ...binding, sessionToken: hashToken(binding.sessionToken) };
    const outcome = await this.store.accept(key, hashToken(newToken), this.clock.now(), timeout);
    this.#countFirst(typed.number, outcome);
    const issued = outcome?.kind === 'right' && outcome.isTokenIssued;
    return { status, verification, verificationToken: issued ? newToken : undefined };
  }

  /**
   * A session counts once for the conversion guard, however often its code may be used. One of a test number never does:
   * no message of it was counted, and whoever knows its code could make a country look verified.
   */
  #countFirst(number: PhoneNumber, outcome: CheckOutcome | undefined): void {
    if (outcome?.kind === 'right' && outcome.isFirst && !this.#isTest(number)) this.limits.countVerified(number);
  }

  #isTest({ e164 }: PhoneNumber): boolean {
    return testCodeOf(e164, this.options.testNumbers, this.clock.now()) !== undefined;
  }
}

function bindingOf({ number, purpose, sessionToken }: TypedCode): CodeBinding {
  return { sessionToken, phoneNumber: number.e164, purpose };
}
