import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError, type SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';
import type { StorageTimeout } from '../common/storage-timeout.js';
import { SendObserver } from '../observability/send-observer.js';
import { SendGate } from '../limits/send-gate.js';
import type { ChargedSend } from '../limits/send-limits.js';
import type { SendRequest } from '../limits/send-request.js';
import { preferredLanguage } from '../message/language.js';
import type { IdentifiedNumber } from '../phone-number/admission.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import { ResendRefusedError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { BackendHooks } from '../backends/backend-hooks.js';
import type { Clock } from '../common/clock.js';
import { Delivery } from '../backends/delivery.js';
import { MessageWriter } from './message-writer.js';
import { randomDigits, randomId, randomToken } from '../common/random.js';
import {
  type CodeBinding,
  hashSecurityCode,
  hashToken,
  sealSecurityCode,
  secretsOf,
  unsealSecurityCode,
} from './security-code.js';
import { refusalOfResend } from './session-rules.js';
import { TEST_NUMBER_RECEIPT } from '../phone-number/test-numbers.js';
import { VerificationStatus } from '../common/verification-status.js';
import { VerificationStore } from './verification.store.js';
import type { SentVerification } from '../common/sent-verification.js';
import type { SendOptions } from './verification.types.js';

/** A request for a code. What it says was decided at `now`. */
export interface CodeRequest extends SendRequest, IdentifiedNumber {
  /** Epoch milliseconds at which the request came. */
  readonly now: number;
  readonly options: SendOptions;
  readonly timeout: StorageTimeout;
}

/** A session in the clear, as only a request that shows its token can have it. */
interface OpenSession {
  readonly id: string;
  readonly sessionToken: string;
  readonly number: PhoneNumber;
  readonly purpose: string;
  readonly securityCode: string;
  readonly expiresAt: number;
  /** Of the send that is about to happen. Drawn before anything is written, so that a failing draw leaves nothing. */
  readonly sendId: string;
  /** Whether its code was sent before. */
  readonly isResend: boolean;
  /** Messages that were sent before. */
  readonly sendCount: number;
  /** The backend that took the last of them. */
  readonly lastBackend: string | null;
}

/** A message that the limits were charged for. */
interface ChargedMessage {
  readonly session: OpenSession;
  readonly request: SendRequest;
  /** A test number has none, and no backend is called for it. */
  readonly text: string | undefined;
  readonly languages: string | undefined;
  readonly charged: ChargedSend;
  readonly timeout: StorageTimeout;
}

/** Failures after which it is certain that no message was sent. */
const CERTAINLY_NOT_SENT: ReadonlySet<SmsDeliveryErrorKind> = new Set<SmsDeliveryErrorKind>([
  'throttled',
  'unavailable',
  'misconfigured',
]);

/** Issues codes: opens sessions and sends their codes, for the first time and again. */
@Injectable()
export class CodeIssuer {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly gate: SendGate,
    private readonly store: VerificationStore,
    private readonly hooks: BackendHooks,
    private readonly writer: MessageWriter,
    private readonly delivery: Delivery,
    private readonly observer: SendObserver,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Opens a session and sends its code. */
  async issue(request: CodeRequest): Promise<SentVerification> {
    const { number, testCode, purpose, options, now, timeout } = request;
    const charged = await this.gate.pass(request, timeout);
    const securityCode =
      testCode ?? (await this.hooks.generateSecurityCode()) ?? randomDigits(this.options.tokenLength);
    const message = testCode === undefined ? await this.writer.write(securityCode, options) : undefined;
    const session = {
      id: randomId(),
      sessionToken: randomToken(),
      number,
      purpose,
      securityCode,
      expiresAt: now + this.options.expiration * 1000,
      sendId: randomId(),
      isResend: false,
      sendCount: 0,
      lastBackend: null,
    };
    await this.#open(session, now, timeout);
    return this.#sendCharged({ session, request, text: message, languages: options.language, charged, timeout });
  }

  /** Sends the code of an open session again. */
  async repeat(request: CodeRequest, sessionToken: string): Promise<SentVerification> {
    const { number, isTestNumber, purpose, options, now, timeout } = request;
    const binding: CodeBinding = { sessionToken, phoneNumber: number.e164, purpose };
    const session = await this.store.find({ ...binding, sessionToken: hashToken(sessionToken) }, timeout);
    const refusal = refusalOfResend(session, now, this.options);
    if (session === null || refusal !== undefined) {
      throw new ResendRefusedError(refusal ?? VerificationStatus.SessionTokenInvalid);
    }
    const securityCode = unsealSecurityCode(binding, session.sealedCode, secretsOf(this.options.secret));
    if (securityCode === null) throw new ResendRefusedError(VerificationStatus.Expired);
    const charged = await this.gate.pass(request, timeout);
    const message = isTestNumber ? undefined : await this.writer.write(securityCode, options);
    const { id, expiresAt, sendCount, backend: lastBackend } = session;
    const sendId = randomId();
    const binds = { id, sessionToken, number, purpose, securityCode, expiresAt };
    const open = { ...binds, sendId, isResend: true, sendCount, lastBackend };
    return this.#sendCharged({ session: open, request, text: message, languages: options.language, charged, timeout });
  }

  async #open(session: OpenSession, createdAt: number, timeout: StorageTimeout): Promise<void> {
    const { id, sessionToken, number, purpose, securityCode, expiresAt } = session;
    const binding: CodeBinding = { sessionToken, phoneNumber: number.e164, purpose };
    const [secret] = secretsOf(this.options.secret);
    await this.store.insert(
      {
        id,
        sessionToken: hashToken(sessionToken),
        phoneNumber: number.e164,
        purpose,
        securityCode: hashSecurityCode(binding, securityCode, secret),
        sealedCode: sealSecurityCode(binding, securityCode, secret),
        expiresAt,
        createdAt,
      },
      timeout,
    );
  }

  /** Sends a message that was charged, and refunds one that was certainly not sent as far as that is safe. */
  async #sendCharged(send: ChargedMessage): Promise<SentVerification> {
    const { session, charged, timeout } = send;
    try {
      await this.#send(send);
      return this.#describe(session, charged.cooldownEndsAt);
    } catch (error) {
      if (!(error instanceof SmsDeliveryError)) throw error;
      const isRefunded = isCertainlyNotSent(error) && (await this.gate.refund(charged, session, timeout));
      if (session.isResend) throw error;
      // Nobody has this session's token yet, so it goes along; not enumerable, so that no log of the error shows it.
      const sent = this.#describe(session, isRefunded ? undefined : charged.cooldownEndsAt);
      throw Object.defineProperty(error, 'sent', { value: sent });
    }
  }

  async #send(message: ChargedMessage): Promise<void> {
    const { session, text, timeout } = message;
    const receipt = text === undefined ? TEST_NUMBER_RECEIPT : await this.#deliver(message, text);
    await this.#note(session.id, receipt, timeout);
  }

  async #deliver({ session, request, languages }: ChargedMessage, text: string): Promise<SendReceipt> {
    const { number, purpose, securityCode, sendId, isResend, sendCount, lastBackend } = session;
    const context = {
      expiresAt: new Date(session.expiresAt),
      country: number.country,
      language: preferredLanguage(languages),
      purpose,
      sendId,
      sendNumber: sendCount + 1,
      ...(lastBackend !== null && { previous: { backend: lastBackend } }),
    };
    const subject = { phoneNumber: number.e164, country: number.country, purpose, isResend };
    try {
      const receipt = await this.observer.observe(subject, () =>
        this.delivery.send({ to: number.e164, text, securityCode, context }),
      );
      this.gate.countSent(request);
      return receipt;
    } catch (error) {
      if (!isCertainlyNotSent(error)) this.gate.countSent(request);
      throw error;
    }
  }

  #describe(
    { sessionToken, number, securityCode, expiresAt }: OpenSession,
    cooldownEndsAt: number | undefined,
  ): SentVerification {
    return {
      sessionToken,
      phoneNumber: number.e164,
      expiresAt: new Date(expiresAt),
      resendAt: new Date(cooldownEndsAt ?? this.clock.now()),
      codeLength: securityCode.length,
    };
  }

  /** The message went: that the note of it failed changes nothing for the person who waits for it. */
  async #note(id: string, { backend, messageId }: SendReceipt, timeout: StorageTimeout): Promise<void> {
    try {
      await this.store.noteSend({ id, backend, messageId: messageId ?? null, now: this.clock.now() }, timeout);
    } catch {
      this.#logger.warn(`A message went through ${backend}, but its session ${id} could not be updated.`);
    }
  }
}

function isCertainlyNotSent(error: unknown): boolean {
  return error instanceof SmsDeliveryError && CERTAINLY_NOT_SENT.has(error.kind);
}
