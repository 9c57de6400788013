import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SendReceipt } from '../backends/base.backend.js';
import { SmsDeliveryError } from '../backends/sms-delivery.error.js';
import { SendObserver } from '../events/send-observer.js';
import { preferredLanguage } from '../message/language.js';
import { type MessageContext, renderMessage } from '../message/message-template.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import { ResendRefusedError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { BackendHooks } from './backend-hooks.js';
import type { Clock } from './clock.js';
import { Delivery } from './delivery.js';
import { randomDigits, randomId, randomToken } from './random.js';
import {
  type CodeBinding,
  hashSecurityCode,
  hashToken,
  sealSecurityCode,
  secretsOf,
  unsealSecurityCode,
} from './security-code.js';
import { refusalOfResend } from './session-rules.js';
import { TEST_NUMBER_RECEIPT, testCodeOf } from './test-numbers.js';
import { VerificationStatus } from './verification-status.js';
import { VerificationStore } from './verification.store.js';
import type { SendOptions, SentVerification } from './verification.types.js';

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
}

/** Issues codes: opens sessions and sends their codes, for the first time and again. */
@Injectable()
export class CodeIssuer {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly store: VerificationStore,
    private readonly hooks: BackendHooks,
    private readonly delivery: Delivery,
    private readonly observer: SendObserver,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Opens a session and sends its code. */
  async issue(number: PhoneNumber, purpose: string, options: SendOptions): Promise<SentVerification> {
    const testCode = this.#testCodeOf(number);
    const securityCode =
      testCode ?? (await this.hooks.generateSecurityCode()) ?? randomDigits(this.options.tokenLength);
    const message = testCode === undefined ? await this.#render(securityCode, options.context) : undefined;
    const createdAt = this.clock.now();
    const session = {
      id: randomId(),
      sessionToken: randomToken(),
      number,
      purpose,
      securityCode,
      expiresAt: createdAt + this.options.expiration * 1000,
      sendId: randomId(),
      isResend: false,
    };
    await this.#open(session, createdAt);
    try {
      return await this.#send(session, message, options.language);
    } catch (error) {
      // Nobody has this session's token yet, so it goes along; not enumerable, so that no log of the error shows it.
      throw error instanceof SmsDeliveryError
        ? Object.defineProperty(error, 'sent', { value: this.#describe(session) })
        : error;
    }
  }

  /** Sends the code of an open session again. */
  async repeat(
    number: PhoneNumber,
    purpose: string,
    sessionToken: string,
    options: SendOptions,
  ): Promise<SentVerification> {
    const binding: CodeBinding = { sessionToken, phoneNumber: number.e164, purpose };
    const session = await this.store.find({ ...binding, sessionToken: hashToken(sessionToken) });
    const refusal = refusalOfResend(session, this.clock.now(), this.options);
    if (session === null || refusal !== undefined) {
      throw new ResendRefusedError(refusal ?? VerificationStatus.SessionTokenInvalid);
    }
    const securityCode = unsealSecurityCode(binding, session.sealedCode, secretsOf(this.options.secret));
    if (securityCode === null) throw new ResendRefusedError(VerificationStatus.Expired);
    const isTest = this.#testCodeOf(number) !== undefined;
    const message = isTest ? undefined : await this.#render(securityCode, options.context);
    const { id, expiresAt } = session;
    const open = { id, sessionToken, number, purpose, securityCode, expiresAt, sendId: randomId(), isResend: true };
    return this.#send(open, message, options.language);
  }

  #testCodeOf(number: PhoneNumber): string | undefined {
    return testCodeOf(number.e164, this.options.testNumbers, this.clock.now());
  }

  async #render(securityCode: string, context: MessageContext | undefined): Promise<string> {
    const own = await this.hooks.generateMessage(securityCode, context);
    const values = { ...context, app: this.options.appName, security_code: securityCode };
    return own ?? renderMessage(this.options.message, values);
  }

  async #open(session: OpenSession, createdAt: number): Promise<void> {
    const { id, sessionToken, number, purpose, securityCode, expiresAt } = session;
    const binding: CodeBinding = { sessionToken, phoneNumber: number.e164, purpose };
    const [secret] = secretsOf(this.options.secret);
    await this.store.insert({
      id,
      sessionToken: hashToken(sessionToken),
      phoneNumber: number.e164,
      purpose,
      securityCode: hashSecurityCode(binding, securityCode, secret),
      sealedCode: sealSecurityCode(binding, securityCode, secret),
      expiresAt,
      createdAt,
    });
  }

  /** @param text - The message; a test number has none, and no backend is called for it. */
  async #send(
    session: OpenSession,
    text: string | undefined,
    languages: string | undefined,
  ): Promise<SentVerification> {
    const { number, purpose, securityCode, sendId, isResend } = session;
    const sent = this.#describe(session);
    const context = {
      expiresAt: sent.expiresAt,
      country: number.country,
      language: preferredLanguage(languages),
      purpose,
      sendId,
    };
    const subject = { phoneNumber: number.e164, country: number.country, purpose, isResend };
    const receipt =
      text === undefined
        ? TEST_NUMBER_RECEIPT
        : await this.observer.observe(subject, () =>
            this.delivery.send({ to: number.e164, text, securityCode, context }),
          );
    await this.#note(session.id, receipt);
    return sent;
  }

  #describe({ sessionToken, number, securityCode, expiresAt }: OpenSession): SentVerification {
    return {
      sessionToken,
      phoneNumber: number.e164,
      expiresAt: new Date(expiresAt),
      resendAt: new Date(this.clock.now()),
      codeLength: securityCode.length,
    };
  }

  /** The message went: that the note of it failed changes nothing for the person who waits for it. */
  async #note(id: string, { backend, messageId }: SendReceipt): Promise<void> {
    try {
      await this.store.noteSend({ id, backend, messageId: messageId ?? null, now: this.clock.now() });
    } catch {
      this.#logger.warn(`A message went through ${backend}, but its session ${id} could not be updated.`);
    }
  }
}
