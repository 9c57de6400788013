import { Logger } from '@nestjs/common';
import { BaseBackend, type BulkSendResult, type SendContext, type SendReceipt } from '../backends/base.backend.js';
import { forEachBounded } from '../backends/bounded-concurrency.js';
import { SmsDeliveryError } from '../backends/sms-delivery.error.js';
import type { Clock } from './clock.js';
import { maskPhoneNumber, redact, redactedCause, type Secrets } from './redaction.js';
import { TimeLimitError, withinTimeLimit } from './time-limit.js';

/** A message that carries a code. */
export interface CodeMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** The code in the text, to be kept out of logs and errors. */
  readonly securityCode: string;
  readonly context: Omit<SendContext, 'signal' | 'deadline'>;
}

/** Messages under way at once where the library itself sends to many numbers. */
const BULK_CONCURRENCY = 5;

/** Widths of the columns that keep a receipt. */
const MAX_BACKEND_LENGTH = 64;
const MAX_MESSAGE_ID_LENGTH = 128;

/**
 * Hands messages to the backend: each within the time limit, and with every failure as an {@link SmsDeliveryError} that
 * shows neither code nor full number, whatever the backend threw.
 */
export class Delivery {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly backend: BaseBackend<unknown>,
    private readonly timeoutMs: number,
    private readonly clock: Clock,
  ) {}

  /** Sends a code. */
  async send({ to, text, securityCode, context }: CodeMessage): Promise<SendReceipt> {
    const secrets = { hidden: [securityCode], phoneNumber: to };
    const receipt = await this.#attempt(this.timeoutMs, secrets, (signal) =>
      this.backend.sendSms(to, text, { ...context, signal, deadline: new Date(this.clock.now() + this.timeoutMs) }),
    );
    return this.#readReceipt(receipt);
  }

  /** Sends one text to many numbers. Every number is tried; a failure is in its item. */
  async sendBulk(numbers: readonly string[], text: string): Promise<BulkSendResult> {
    if (!this.#hasOwnBulk) {
      return forEachBounded(numbers, BULK_CONCURRENCY, (number) =>
        this.#item(number, () => this.#attempt(this.timeoutMs, hide(number), () => this.backend.sendSms(number, text))),
      );
    }
    // The backend sends as it likes, in the worst case one after the other.
    const sending = this.#attempt(this.timeoutMs * numbers.length, { hidden: numbers }, () =>
      this.backend.sendBulkSms(numbers, text),
    );
    return Promise.all(
      numbers.map((number) =>
        this.#item(number, async () => {
          const results = await sending;
          if (!Array.isArray(results)) return undefined;
          const own: BulkSendResult[number] | undefined = results.find((result) => result?.number === number);
          if (own?.receipt === undefined) throw cleaned(own?.error, hide(number), this.timeoutMs);
          return own.receipt;
        }),
      ),
    );
  }

  async #item(number: string, send: () => Promise<SendReceipt | void>): Promise<BulkSendResult[number]> {
    try {
      return { number, receipt: this.#readReceipt(await send()) };
    } catch (thrown) {
      return { number, error: cleaned(thrown, hide(number), this.timeoutMs) };
    }
  }

  async #attempt<T>(timeoutMs: number, secrets: Secrets, send: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    try {
      return await withinTimeLimit(timeoutMs, send);
    } catch (thrown) {
      const error = cleaned(thrown, secrets, timeoutMs);
      this.#log(error, secrets);
      throw error;
    }
  }

  #log(error: SmsDeliveryError, { phoneNumber }: Secrets): void {
    const cause = error.cause instanceof Error ? ` (${error.cause.name}: ${error.cause.message})` : '';
    const to = phoneNumber === undefined ? 'many numbers' : maskPhoneNumber(phoneNumber);
    const code = error.providerCode === undefined ? '' : `, code ${error.providerCode}`;
    const text = `${this.#name} could not send to ${to}: ${error.kind}${code}: ${error.message}${cause}`;
    if (error.kind === 'misconfigured') this.#logger.error(text);
    else this.#logger.warn(text);
  }

  /** Whether the backend sends to many numbers in a way of its own. An override in a test need not have the method. */
  get #hasOwnBulk(): boolean {
    return 'sendBulkSms' in this.backend && this.backend.sendBulkSms !== BaseBackend.prototype.sendBulkSms;
  }

  get #name(): string {
    return this.backend.constructor.name;
  }

  /** Keeps of a receipt what is there and fits. */
  #readReceipt(receipt: SendReceipt | void): SendReceipt {
    const { backend, messageId, segments }: Readonly<Record<string, unknown>> = { ...(receipt ?? undefined) };
    return {
      backend: (typeof backend === 'string' ? backend : this.#name).slice(0, MAX_BACKEND_LENGTH),
      ...(typeof messageId === 'string' && { messageId: messageId.slice(0, MAX_MESSAGE_ID_LENGTH) }),
      ...(typeof segments === 'number' && { segments }),
    };
  }
}

function hide(phoneNumber: string): Secrets {
  return { hidden: [], phoneNumber };
}

/** Anything that a backend threw, as an error without secrets. */
function cleaned(thrown: unknown, secrets: Secrets, timeoutMs: number): SmsDeliveryError {
  if (thrown instanceof TimeLimitError) {
    return new SmsDeliveryError('unknown', `The backend did not answer within ${timeoutMs} ms.`);
  }
  if (!(thrown instanceof SmsDeliveryError)) {
    return new SmsDeliveryError('unknown', 'The backend failed.', { cause: redactedCause(thrown, secrets) });
  }
  const { kind, message, providerCode, retryAfterSeconds, cause } = thrown;
  return new SmsDeliveryError(kind, redact(message, secrets), {
    providerCode: providerCode === undefined ? undefined : redact(providerCode, secrets),
    retryAfterSeconds,
    cause: cause === undefined ? undefined : redactedCause(cause, secrets),
  });
}
