import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackendHooks } from '../backends/backend-hooks.js';
import { Delivery } from '../backends/delivery.js';
import { type CodeFormat, formatOfCode } from '../common/code-format.js';
import { randomDigits, randomId, randomToken, timeOrderedId } from '../common/random.js';
import type { SendReceipt } from '../common/send-receipt.js';
import type { SentVerification } from '../common/sent-verification.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import type { StorageTimeout } from '../common/time.js';
import { VerificationStatus } from '../common/verification-status.js';
import { type ChargedSend, SendLimits } from '../limits/send-limits.js';
import type { SendRequest } from '../limits/send-request.js';
import { preferredLanguage } from '../message/language.js';
import type { IdentifiedNumber } from '../phone-number/admission.js';
import { TEST_NUMBER_RECEIPT } from '../phone-number/test-numbers.js';
import { ResendRefusedError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { MessageWriter } from './message-writer.js';
import { type CodeBinding, hashToken, saltsOf, storedForms, unsealSecurityCode } from './security-code.js';
import { refusalOfResend } from './session-rules.js';
import { VerificationStore } from './verification.store.js';
import type { SendOptions } from './verification.types.js';

/** A request for a code, as decided at one instant. */
export interface CodeRequest extends SendRequest, IdentifiedNumber {
  readonly options: Pick<SendOptions, 'language' | 'context'>;
  /** Epoch milliseconds at which the request arrived. */
  readonly now: number;
  readonly timeout: StorageTimeout;
}

/** A session whose code was sent. */
export interface IssuedCode {
  readonly sent: SentVerification;
  readonly codeFormat: CodeFormat;
}

/** An open session in the clear, as only a request that creates or shows its token can have it. */
interface OpenSession {
  readonly id: string;
  readonly sessionToken: string;
  readonly securityCode: string;
  readonly expiresAt: number;
  /** Of the next send. Drawn before anything is written, so that a failing draw leaves nothing behind. */
  readonly sendId: string;
  /** Messages that were sent before. */
  readonly sendCount: number;
  /** The backend that accepted the last of them. */
  readonly lastBackend: string | null;
}

/** A message that the limits were charged for. */
interface ChargedMessage {
  readonly request: CodeRequest;
  readonly session: OpenSession;
  readonly charged: ChargedSend;
  /** `undefined` for a test number, for which no backend is called. */
  readonly text: string | undefined;
}

/** Issues codes: opens sessions and sends their codes, for the first time and again. */
@Injectable()
export class CodeIssuer {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly limits: SendLimits,
    private readonly store: VerificationStore,
    private readonly hooks: BackendHooks,
    private readonly writer: MessageWriter,
    private readonly delivery: Delivery,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Opens a session and sends its code. */
  async issue(request: CodeRequest): Promise<IssuedCode> {
    const { testCode, now, timeout } = request;
    const charged = await this.limits.admit(request, timeout);
    const securityCode =
      testCode ?? (await this.hooks.generateSecurityCode()) ?? randomDigits(this.options.tokenLength);
    const text = await this.#write(request, securityCode);
    const session = {
      id: timeOrderedId(now),
      sessionToken: randomToken(),
      securityCode,
      expiresAt: now + this.options.expiration * 1000,
      sendId: randomId(),
      sendCount: 0,
      lastBackend: null,
    };
    await this.#open(session, request);
    return this.#send({ request, session, charged, text });
  }

  /** Sends the code of an open session again. */
  async repeat(request: CodeRequest, sessionToken: string): Promise<IssuedCode> {
    const { now, timeout } = request;
    const binding = bindingOf(request, sessionToken);
    const row = await this.store.find({ ...binding, sessionToken: hashToken(sessionToken) }, timeout);
    const refusal = refusalOfResend(row, now, this.options);
    if (row === null || refusal !== undefined) {
      throw new ResendRefusedError(refusal ?? VerificationStatus.SessionTokenInvalid);
    }
    const securityCode = unsealSecurityCode(binding, row.sealedCode, saltsOf(this.options.secret));
    if (securityCode === null) throw new ResendRefusedError(VerificationStatus.Expired);
    const charged = await this.limits.admit(request, timeout);
    const text = await this.#write(request, securityCode);
    const { id, expiresAt, sendCount, backend: lastBackend } = row;
    const session = { id, sessionToken, securityCode, expiresAt, sendId: randomId(), sendCount, lastBackend };
    return this.#send({ request, session, charged, text });
  }

  async #write({ isTestNumber, options }: CodeRequest, securityCode: string): Promise<string | undefined> {
    return isTestNumber ? undefined : this.writer.write(securityCode, options);
  }

  async #open({ id, sessionToken, securityCode, expiresAt }: OpenSession, request: CodeRequest): Promise<void> {
    const binding = bindingOf(request, sessionToken);
    // New codes use the first secret.
    const stored = storedForms(binding, securityCode, this.options.secret[0] ?? '');
    const row = {
      id,
      phoneNumber: binding.phoneNumber,
      purpose: binding.purpose,
      securityCode: stored.securityCode,
      sealedCode: stored.sealedCode,
      sessionToken: hashToken(sessionToken),
      expiresAt,
      createdAt: request.now,
    };
    await this.store.insert(row, request.timeout);
  }

  async #send(message: ChargedMessage): Promise<IssuedCode> {
    const { request, session, charged, text } = message;
    if (text === undefined) await this.#record(message, TEST_NUMBER_RECEIPT);
    else await this.#deliver(message, text);
    return describeIssued(request, session, charged.cooldownEndsAt);
  }

  async #deliver(message: ChargedMessage, text: string): Promise<void> {
    const { request, session, charged } = message;
    try {
      const receipt = await this.#callBackend(message, text);
      this.limits.recordSent(charged);
      await this.#record(message, receipt);
    } catch (error) {
      if (!(error instanceof SmsDeliveryError)) throw error;
      const resendAt = await this.limits.recordFailure(charged, session.id, error, request.timeout);
      if (request.isResend) throw error;
      // The caller needs the session's token for a resend. Not enumerable, so that no log of the error shows it.
      const { sent, codeFormat } = describeIssued(request, session, resendAt);
      throw Object.defineProperties(error, { sent: { value: sent }, codeFormat: { value: codeFormat } });
    }
  }

  async #callBackend({ request, session }: ChargedMessage, text: string): Promise<SendReceipt> {
    const { number, purpose, isResend } = request;
    const { language } = request.options;
    const { securityCode, sendId, expiresAt, sendCount, lastBackend } = session;
    return this.delivery.send({
      to: number.e164,
      text,
      securityCode,
      isResend,
      context: {
        expiresAt: new Date(expiresAt),
        country: number.country,
        language: language === undefined ? undefined : preferredLanguage(language),
        purpose,
        sendId,
        sendNumber: sendCount + 1,
        previous: lastBackend === null ? undefined : { backend: lastBackend },
      },
    });
  }

  /** The message was sent: a failure to record it must not change the response. */
  async #record({ request, session }: ChargedMessage, { backend, messageId }: SendReceipt): Promise<void> {
    const { id } = session;
    try {
      await this.store.recordSend({ id, backend, messageId: messageId ?? null, sentAt: request.now }, request.timeout);
    } catch {
      this.#logger.warn(`${backend} sent a message, but its session ${id} could not be updated.`);
    }
  }
}

function bindingOf({ number, purpose }: CodeRequest, sessionToken: string): CodeBinding {
  return { sessionToken, phoneNumber: number.e164, purpose };
}

function describeIssued(
  { number, now }: CodeRequest,
  { sessionToken, securityCode, expiresAt }: OpenSession,
  resendAt: number | undefined,
): IssuedCode {
  const sent = {
    sessionToken,
    phoneNumber: number.e164,
    expiresAt: new Date(expiresAt),
    resendAt: new Date(resendAt ?? now),
    codeLength: securityCode.length,
  };
  return { sent, codeFormat: formatOfCode(securityCode) };
}
