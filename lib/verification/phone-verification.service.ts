import { Inject, Injectable } from '@nestjs/common';
import type { BulkSendResult } from '../backends/base.backend.js';
import { Delivery } from '../backends/delivery.js';
import type { VerificationResult } from '../backends/verification-result.js';
import type { Clock } from '../common/clock.js';
import type { SentVerification } from '../common/sent-verification.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { StorageTimeout } from '../common/storage-timeout.js';
import { clientAt } from '../limits/send-origin.js';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { readNumber } from '../phone-number/admission.js';
import { requireAge, requirePurpose, requireString } from './call-arguments.js';
import { CodeRequests } from './code-requests.js';
import { PhoneRecords } from './phone-records.js';
import type { PhoneDescription } from './phone-records.types.js';
import { Retention } from './retention.js';
import { hashToken } from './security-code.js';
import { type TokenRecord, type VerificationTokenKey, VerificationStore } from './verification.store.js';
import type {
  ConsumeOptions,
  PurgeOptions,
  SendOptions,
  VerificationTokenOptions,
  VerifiedPhone,
} from './verification.types.js';

/** A proof counts for 15 minutes unless the caller says otherwise. */
export const DEFAULT_MAX_AGE_SECONDS = 900;

/**
 * Issues and checks security codes. Every rule lives here and below, none in the controller, so that a caller that
 * skips HTTP gets the same protection.
 *
 * @publicApi
 */
@Injectable()
export class PhoneVerificationService {
  /** @internal */
  constructor(
    private readonly requests: CodeRequests,
    private readonly store: VerificationStore,
    private readonly delivery: Delivery,
    private readonly retention: Retention,
    private readonly records: PhoneRecords,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens a session and sends its code. The session is committed before the backend is called, beside the sessions that
   * the number has already.
   *
   * @param phoneNumber - As the person wrote it; brought to E.164 here.
   * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
   * @throws {@link PhoneNumberNotAllowedError} if `numbers` forbids it; nothing was written or sent.
   * @throws {@link RateLimitedError} if a limit or `authorizeSend` refuses it; nothing was written, sent or charged.
   * @throws {@link SmsDeliveryError} if the message did not go. The session stays: `sent` has it, for a resend.
   * @throws {@link StorageUnavailableError} if the limits could not be asked, or the database did not take the session;
   *   nothing was sent.
   * @throws {@link BackendHookError} if a hook of the backend failed; nothing was written or sent.
   * @throws {@link RandomSourceError} if the system gave no random numbers; nothing was written or sent.
   */
  async sendSecurityCode(phoneNumber: string, options: SendOptions = {}): Promise<SentVerification> {
    return this.requests.send({ phoneNumber, options, client: clientAt(options.ip) });
  }

  /**
   * Sends the code of an open session again: the same code, with the expiry and the failed attempts that it has.
   *
   * @param phoneNumber - As the person wrote it; brought to E.164 here.
   * @param sessionToken - From {@link sendSecurityCode}.
   * @param options - `context` and `language` are to be given again.
   * @throws {@link ResendRefusedError} if the session is unknown, locked, verified, or has less than 60 seconds (or a
   *   quarter of `expiration`, if that is less) left; nothing was sent. Otherwise as {@link sendSecurityCode}.
   */
  async resendSecurityCode(
    phoneNumber: string,
    sessionToken: string,
    options: SendOptions = {},
  ): Promise<SentVerification> {
    return this.requests.resend({ phoneNumber, sessionToken, options, client: clientAt(options.ip) });
  }

  /**
   * Checks a code and, when it is right, marks its session verified. Counts the attempt and compares the code in one
   * atomic statement, so that parallel requests can neither exceed `maxFailedAttempts` nor verify twice.
   *
   * @param phoneNumber - As the person wrote it; brought to E.164 here.
   * @param securityCode - As the person typed it; white space around it is dropped, nothing else is changed.
   * @param sessionToken - From {@link sendSecurityCode}.
   * @returns The outcome. A wrong, expired, used or unknown code is an outcome, not an error.
   * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
   * @throws {@link StorageUnavailableError} if the database did not answer; the attempt may have been counted.
   * @throws {@link BackendHookError} if the backend's own check failed.
   */
  async verifySecurityCode(
    phoneNumber: string,
    securityCode: string,
    sessionToken: string,
    options: { purpose?: string | undefined } = {},
  ): Promise<VerificationResult> {
    const { purpose } = options;
    const { result } = await this.requests.check({ phoneNumber, securityCode, sessionToken, purpose });
    return result;
  }

  /**
   * Looks up whose number a verification token proves. The proof stays usable.
   *
   * @returns `null` if the proof is unknown, too old, consumed, or for another purpose.
   */
  async getVerifiedPhone(
    verificationToken: string,
    options: VerificationTokenOptions = {},
  ): Promise<VerifiedPhone | null> {
    const key = this.tokenKey(verificationToken, options);
    return verifiedPhone(key, await this.store.findToken(key, this.newTimeout()));
  }

  /**
   * Uses a proof up: of any number of callers at once, one is given the number. Inside the application's transaction
   * (`manager`) the proof becomes usable again when that rolls back.
   *
   * @returns `null` if the proof is unknown, too old, consumed, or for another purpose.
   */
  async consumeVerifiedPhone(verificationToken: string, options: ConsumeOptions = {}): Promise<VerifiedPhone | null> {
    const key = this.tokenKey(verificationToken, options);
    const record = await this.store.consumeToken(key, this.clock.now(), this.newTimeout(), options.manager);
    return verifiedPhone(key, record);
  }

  /**
   * Sends one text of the application's own to many numbers. No code, no session: `numbers` decides how a text is read,
   * but forbids none, and a test number is sent what any other is.
   *
   * @param phoneNumbers - As people wrote them. One that is not a phone number gives an item with a `rejected` error.
   * @returns One item for each number, in their order; `number` is E.164 where the text was a number.
   */
  async sendBulkSms(phoneNumbers: readonly string[], message: string): Promise<BulkSendResult> {
    const numbers = phoneNumbers.map((phoneNumber) => this.tryParse(phoneNumber));
    const sent = await this.delivery.sendBulk(
      numbers.filter((number) => number !== undefined),
      message,
    );
    const results = sent.values();
    return phoneNumbers.map((number, index) => {
      const result = numbers[index] === undefined ? undefined : results.next().value;
      return result ?? { number, error: new SmsDeliveryError('rejected', 'This is not a valid phone number.') };
    });
  }

  /**
   * Deletes old sessions in batches, never an open one or a proof younger than 900 seconds. Safe beside traffic and
   * beside another purge.
   *
   * @returns How many rows were deleted, or with `dryRun` would be.
   */
  async purgeExpired(options: PurgeOptions = {}): Promise<{ deleted: number }> {
    return { deleted: await this.retention.purge(options) };
  }

  /**
   * Tells what is stored about a number, for support: its sessions and what is left of its limits. Never a code.
   *
   * @param phoneNumber - As somebody wrote it; brought to E.164 here.
   */
  async describePhone(phoneNumber: string): Promise<PhoneDescription> {
    return this.records.describe(readNumber(phoneNumber, this.options), this.newTimeout());
  }

  /**
   * Forgets what is counted for a number alone, `resendAfter` and `perNumber`, so that somebody who was locked out can
   * be sent a message again. What it shares with others, such as its prefix, stays. It also gives a guesser new tries:
   * for operators, not for a public route.
   */
  async clearLimits(phoneNumber: string): Promise<void> {
    await this.records.clearLimits(readNumber(phoneNumber, this.options), this.newTimeout());
  }

  /**
   * Deletes what is stored about a number, for a person who asks for it: its sessions, open ones and proofs too, and
   * what is counted for it alone. As {@link clearLimits}, for operators.
   *
   * @returns How many sessions were deleted.
   */
  async forgetPhone(phoneNumber: string): Promise<{ deleted: number }> {
    return { deleted: await this.records.forget(readNumber(phoneNumber, this.options), () => this.newTimeout()) };
  }

  private newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }

  private tokenKey(verificationToken: string, options: VerificationTokenOptions): VerificationTokenKey {
    const maxAge = requireAge('maxAge', options.maxAge ?? DEFAULT_MAX_AGE_SECONDS);
    return {
      verificationToken: hashToken(requireString('verificationToken', verificationToken)),
      purpose: requirePurpose(options.purpose, this.options.purposes),
      verifiedAfter: this.clock.now() - maxAge * 1000,
    };
  }

  private tryParse(phoneNumber: unknown): string | undefined {
    try {
      return readNumber(phoneNumber, this.options).e164;
    } catch (error) {
      if (error instanceof PhoneNumberInvalidError) return undefined;
      throw error;
    }
  }
}

function verifiedPhone({ purpose }: VerificationTokenKey, record: TokenRecord | null): VerifiedPhone | null {
  return record && { phoneNumber: record.phoneNumber, verifiedAt: new Date(record.verifiedAt), purpose };
}
