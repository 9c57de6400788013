import { Inject, Injectable } from '@nestjs/common';
import { type Clock, StorageTimeout } from '../common/time.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { requireAge, requirePurpose, requireString } from './call-arguments.js';
import { hashToken } from './security-code.js';
import { type TokenRecord, type VerificationTokenKey, VerificationStore } from './verification.store.js';
import type { ConsumeOptions, VerificationTokenOptions, VerifiedPhone } from './verification.types.js';

/** Default maximum age of a verification token, in seconds: 15 minutes. */
export const DEFAULT_MAX_AGE_SECONDS = 900;

/** Looks up and consumes verification tokens. */
@Injectable()
export class VerificationTokens {
  constructor(
    private readonly store: VerificationStore,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Finds the number of a token that was not consumed. */
  async find(verificationToken: string, options: VerificationTokenOptions): Promise<VerifiedPhone | null> {
    const key = this.#keyOf(verificationToken, options, this.clock.now());
    return verifiedPhone(key, await this.store.findToken(key, this.#newTimeout()));
  }

  /** Consumes a token: of any number of parallel callers, one gets the number. */
  async consume(verificationToken: string, options: ConsumeOptions): Promise<VerifiedPhone | null> {
    const now = this.clock.now();
    const key = this.#keyOf(verificationToken, options, now);
    return verifiedPhone(key, await this.store.consumeToken(key, now, this.#newTimeout(), options.manager));
  }

  #keyOf(verificationToken: string, options: VerificationTokenOptions, now: number): VerificationTokenKey {
    const maxAge = requireAge('maxAge', options.maxAge ?? DEFAULT_MAX_AGE_SECONDS);
    return {
      verificationToken: hashToken(requireString('verificationToken', verificationToken)),
      purpose: requirePurpose(options.purpose, this.options.purposes),
      verifiedAfter: now - maxAge * 1000,
    };
  }

  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }
}

function verifiedPhone({ purpose }: VerificationTokenKey, record: TokenRecord | null): VerifiedPhone | null {
  return record && { phoneNumber: record.phoneNumber, verifiedAt: new Date(record.verifiedAt), purpose };
}
