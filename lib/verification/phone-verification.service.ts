import { Inject, Injectable } from '@nestjs/common';
import type { BulkSendResult } from '../backends/base.backend.js';
import { Delivery } from '../backends/delivery.js';
import type { VerificationResult } from '../backends/verification-result.js';
import type { SentVerification } from '../common/sent-verification.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { IpAddress } from '../limits/address.js';
import { PhoneNumberInvalidError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { readNumber } from '../phone-number/admission.js';
import { requirePurpose, requireString, requireSubject } from './call-arguments.js';
import { CodeRequests, type SendInput } from './code-requests.js';
import { PhoneRecords } from './phone-records.js';
import type { PhoneDescription } from './phone-records.types.js';
import { Retention } from './retention.js';
import { VerificationTokens } from './verification-tokens.js';
import type {
  ConsumeOptions,
  PurgeOptions,
  SendOptions,
  VerificationTokenOptions,
  VerifiedPhone,
} from './verification.types.js';

/**
 * Issues and checks security codes. All rules live in the service and below it, none in the controller, so that callers
 * that skip HTTP get the same protection.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class LoginService {
 *   constructor(private readonly phones: PhoneVerificationService) {}
 *
 *   async requestCode(phoneNumber: string): Promise<string> {
 *     const { sessionToken } = await this.phones.sendSecurityCode(phoneNumber);
 *     return sessionToken;
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class PhoneVerificationService {
  /** @internal */
  constructor(
    private readonly requests: CodeRequests,
    private readonly tokens: VerificationTokens,
    private readonly delivery: Delivery,
    private readonly retention: Retention,
    private readonly records: PhoneRecords,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /**
   * Opens a session and sends its code. The session is committed before the backend is called. Other sessions of the
   * number stay open.
   *
   * @param phoneNumber - As the person wrote it; converted to E.164 here.
   * @param options - Language, context, purpose, client address and whether it is the caller's own number.
   * @returns The open session. The client needs its `sessionToken` to check the code.
   * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
   * @throws {@link PhoneNumberNotAllowedError} if `numbers` does not allow it; nothing was written or sent.
   * @throws {@link RateLimitedError} if a limit or `authorizeSend` refuses it; nothing was written, sent or charged.
   * @throws {@link SmsDeliveryError} if the message was not sent. The session stays open: it is in `sent`, for a
   *   resend.
   * @throws {@link StorageUnavailableError} if the limit store or the database could not be reached; nothing was sent.
   * @throws {@link BackendHookError} if a hook of the backend failed; nothing was written or sent.
   * @throws {@link RandomSourceError} if the system's random source failed; nothing was written or sent.
   * @throws {@link ArgumentInvalidError} if `options.purpose` is not one of the option `purposes`.
   * @example
   * ```ts
   * const { sessionToken, expiresAt } = await phones.sendSecurityCode('+14155552671', { ip: request.ip, language: 'pt-BR' });
   * ```
   */
  async sendSecurityCode(phoneNumber: string, options: SendOptions = {}): Promise<SentVerification> {
    const { sent } = await this.requests.send(this.sendInput(phoneNumber, options));
    return sent;
  }

  /**
   * Sends the code of an open session again: the same code. Its expiry and failed attempts do not change.
   *
   * @param phoneNumber - As the person wrote it; converted to E.164 here.
   * @param sessionToken - From {@link sendSecurityCode}.
   * @param options - As for {@link sendSecurityCode}; pass `context` and `language` again.
   * @returns The open session.
   * @throws {@link ResendRefusedError} if the session is unknown, locked, verified, or has less than 60 seconds left
   *   (or a quarter of `expiration`, if that is less); nothing was sent.
   * @throws {@link PhoneVerifyError} as {@link sendSecurityCode} does.
   * @example
   * ```ts
   * const { resendAt } = await phones.resendSecurityCode('+14155552671', sessionToken, { ip: request.ip });
   * ```
   */
  async resendSecurityCode(
    phoneNumber: string,
    sessionToken: string,
    options: SendOptions = {},
  ): Promise<SentVerification> {
    const { sent } = await this.requests.resend({
      ...this.sendInput(phoneNumber, options),
      sessionToken: requireString('sessionToken', sessionToken),
    });
    return sent;
  }

  /**
   * Checks a code and, if it is correct, marks its session verified. Counts the attempt and compares the code in one
   * atomic statement, so that parallel requests can neither exceed `maxFailedAttempts` nor verify twice.
   *
   * @param phoneNumber - As the person wrote it; converted to E.164 here.
   * @param securityCode - As the person typed it; white space around it is trimmed, nothing else is changed.
   * @param sessionToken - From {@link sendSecurityCode}.
   * @param options - `purpose` for which the code was requested. Default `''`.
   * @returns The result. A wrong, expired, used or unknown code is a result, not an error.
   * @throws {@link PhoneNumberInvalidError} if the text is not a phone number.
   * @throws {@link StorageUnavailableError} if the database could not be reached; the attempt may have been counted.
   * @throws {@link BackendHookError} if the backend's own check failed.
   * @throws {@link ArgumentInvalidError} if `options.purpose` is not one of the option `purposes`.
   * @example
   * ```ts
   * const { status, verificationToken } = await phones.verifySecurityCode('+14155552671', '123456', sessionToken);
   * if (status !== VerificationStatus.Valid) throw new BadRequestException('Wrong code.');
   * ```
   */
  async verifySecurityCode(
    phoneNumber: string,
    securityCode: string,
    sessionToken: string,
    options: { purpose?: string | undefined } = {},
  ): Promise<VerificationResult> {
    const { result } = await this.requests.check({
      phoneNumber,
      securityCode: requireString('securityCode', securityCode),
      sessionToken: requireString('sessionToken', sessionToken),
      purpose: requirePurpose(options.purpose, this.options.purposes),
    });
    return result;
  }

  /**
   * Looks up the number that a verification token proves. The token stays usable.
   *
   * @param verificationToken - From {@link verifySecurityCode}, or from the response to `verify`.
   * @param options - Maximum age and purpose. Default: 900 seconds, `''`.
   * @returns The number, or `null` if the token is unknown, too old, consumed, or for another purpose.
   * @throws {@link ArgumentInvalidError} if `maxAge` is not a whole number of seconds from 1 to 315 360 000, or
   *   `purpose` is not one of the option `purposes`.
   * @throws {@link StorageUnavailableError} if the database could not be reached.
   * @example
   * ```ts
   * const phone = await phones.getVerifiedPhone(verificationToken, { maxAge: 300 });
   * if (phone === null) throw new PhoneNotVerifiedException();
   * ```
   */
  async getVerifiedPhone(
    verificationToken: string,
    options: VerificationTokenOptions = {},
  ): Promise<VerifiedPhone | null> {
    return this.tokens.find(verificationToken, options);
  }

  /**
   * Consumes a verification token: of any number of parallel callers, one gets the number. Inside the application's
   * transaction (`manager`), a rollback makes the token usable again.
   *
   * @param verificationToken - From {@link verifySecurityCode}, or from the response to `verify`.
   * @param options - Maximum age, purpose and transaction. Default: 900 seconds, `''`, none.
   * @returns The number, or `null` if the token is unknown, too old, consumed, or for another purpose.
   * @throws {@link ArgumentInvalidError} as {@link getVerifiedPhone} does.
   * @throws {@link StorageUnavailableError} if the database could not be reached; the token may have been consumed.
   * @example
   * ```ts
   * await dataSource.transaction(async (manager) => {
   *   const phone = await phones.consumeVerifiedPhone(verificationToken, { manager });
   *   if (phone === null) throw new PhoneNotVerifiedException();
   *   await manager.save(User, { username, phoneNumber: phone.phoneNumber });
   * });
   * ```
   */
  async consumeVerifiedPhone(verificationToken: string, options: ConsumeOptions = {}): Promise<VerifiedPhone | null> {
    return this.tokens.consume(verificationToken, options);
  }

  /**
   * Sends one text of the application's own to many numbers: no code, no session, no rate limits. The option `numbers`
   * decides how numbers are read, but forbids none, and test numbers get the message too.
   *
   * @param phoneNumbers - As people wrote them. A text that is not a phone number gives an item with a `rejected`
   *   error.
   * @param message - The text.
   * @returns One item for each number, in the same order; its `number` is E.164 if the text was a number.
   * @example
   * ```ts
   * const results = await phones.sendBulkSms(['+14155552671', '+442079460958'], 'We are closed on Monday.');
   * const failed = results.filter(({ error }) => error !== undefined);
   * ```
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
   * Deletes old sessions in batches, but never an open session or a verification token younger than 900 seconds. Safe
   * during traffic and beside another purge.
   *
   * @param options - Age, and whether to count only. Default: the option `retentionDays`, `false`.
   * @returns How many rows were deleted, or would be with `dryRun`.
   * @throws {@link ArgumentInvalidError} if `olderThanDays` is not a whole number from 0 to 36 500.
   * @throws {@link StorageUnavailableError} if the database could not be reached; earlier batches stay deleted.
   * @example
   * ```ts
   * const { deleted } = await phones.purgeExpired({ olderThanDays: 7 });
   * ```
   */
  async purgeExpired(options: PurgeOptions = {}): Promise<{ deleted: number }> {
    return { deleted: await this.retention.purge(options) };
  }

  /**
   * Describes what is stored about a number, for support: its sessions and what is left of its limits. Never a code.
   *
   * @param phoneNumber - In any usual notation, also one that is no longer valid; converted to E.164 here.
   * @returns The description.
   * @throws {@link PhoneNumberInvalidError} if the text does not have the form of a phone number.
   * @throws {@link StorageUnavailableError} if the database or the limit store could not be reached.
   * @example
   * ```ts
   * const { sessions, budgets } = await phones.describePhone('+14155552671');
   * ```
   */
  async describePhone(phoneNumber: string): Promise<PhoneDescription> {
    return this.records.describe(phoneNumber);
  }

  /**
   * Resets the limits of one number, `resendAfter` and `perNumber`, so that a locked-out person can get a message
   * again. Limits that it shares with other numbers, such as that of its prefix, stay. This also gives an attacker new
   * guesses: for operators, not for a public route.
   *
   * @param phoneNumber - In any usual notation, also one that is no longer valid; converted to E.164 here.
   * @throws {@link PhoneNumberInvalidError} if the text does not have the form of a phone number.
   * @throws {@link StorageUnavailableError} if the limit store could not be reached.
   * @example
   * ```ts
   * await phones.clearLimits('+14155552671');
   * ```
   */
  async clearLimits(phoneNumber: string): Promise<void> {
    await this.records.clearLimits(phoneNumber);
  }

  /**
   * Deletes what is stored about a number, when the person asks for it: its sessions, open ones and verification tokens
   * included, and its own limit counters. Like {@link clearLimits}, for operators.
   *
   * @param phoneNumber - In any usual notation, also one that is no longer valid; converted to E.164 here.
   * @returns How many sessions were deleted.
   * @throws {@link PhoneNumberInvalidError} if the text does not have the form of a phone number.
   * @throws {@link StorageUnavailableError} if the database or the limit store could not be reached.
   * @example
   * ```ts
   * const { deleted } = await phones.forgetPhone('+14155552671');
   * ```
   */
  async forgetPhone(phoneNumber: string): Promise<{ deleted: number }> {
    return { deleted: await this.records.forget(phoneNumber) };
  }

  /** Callers in plain JavaScript may pass anything. */
  private sendInput(phoneNumber: string, options: SendOptions): SendInput {
    const { ip } = options;
    return {
      phoneNumber,
      purpose: requirePurpose(options.purpose, this.options.purposes),
      options,
      client: ip === undefined ? undefined : { ip: IpAddress.read(ip), isUntrustedProxy: false },
      subject: requireSubject(options.subject),
      request: undefined,
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
