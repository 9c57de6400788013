import { backendName } from '../common/backend-name.js';
import { type Clock, MAX_TIMER_MS, type TimeLimit, TimeLimitError, withinTimeLimit } from '../common/time.js';
import { redact, redactedCause, type Secrets } from '../common/redaction.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { isThrown } from '../common/thrown.js';
import { SendObserver } from '../observability/send-observer.js';
import { BaseBackend, type BulkSendResult, type SendContext, sendToEach } from './base.backend.js';
import { type FailureReport, logFailure, withoutSecrets } from './failure-report.js';
import { hasMethodOf, ModuleAwareBackend, type ModuleSettings, prepareBackend } from './module-aware.backend.js';

/** A message that carries a code. */
export interface CodeMessage {
  /** E.164. */
  readonly to: string;
  readonly text: string;
  /** The code in the text, to redact from logs and errors. */
  readonly securityCode: string;
  /** The code of an open session is sent again. */
  readonly isResend: boolean;
  readonly context: Omit<SendContext, 'signal' | 'deadline'>;
}

/** Widths of the columns that store a receipt. */
const MAX_BACKEND_LENGTH = 64;
const MAX_MESSAGE_ID_LENGTH = 128;

/**
 * Sends messages through the backend, each within the time limit. Whatever the backend throws becomes an
 * {@link SmsDeliveryError} that shows neither code nor full number.
 */
export class Delivery {
  readonly #name: string;
  #limitMs: number | undefined;

  constructor(
    private readonly backend: BaseBackend<unknown>,
    private readonly settings: ModuleSettings,
    private readonly observer: SendObserver,
    private readonly clock: Clock,
  ) {
    this.#name = backendName(backend).slice(0, MAX_BACKEND_LENGTH);
  }

  /**
   * Prepares the backend.
   *
   * @throws {@link PhoneVerifyConfigurationError} if its settings cannot work together.
   */
  start(): void {
    this.#limitMs ??= prepareBackend(this.backend, this.settings);
  }

  /** Sends a code. */
  async send(message: CodeMessage): Promise<SendReceipt> {
    const { to, isResend, context } = message;
    const { country, purpose } = context;
    return this.observer.observe({ phoneNumber: to, country, purpose, isResend }, () => this.#send(message));
  }

  async #send({ to, text, securityCode, context }: CodeMessage): Promise<SendReceipt> {
    const secrets = { hidden: [securityCode], phoneNumbers: [to] };
    const limitMs = this.#timeLimitMs;
    const deadline = new Date(this.clock.now() + limitMs);
    const report: FailureReport = (backend, error) => logFailure(backend, error, secrets);
    const receipt = await this.#attempt(limitMs, secrets, (limit) => {
      const send = contextOf(context, deadline, limit);
      if (!(this.backend instanceof ModuleAwareBackend)) return this.backend.sendSms(to, text, send);
      return this.backend.sendReporting({ number: to, message: text, send, report });
    });
    return this.#readReceipt(receipt, secrets);
  }

  /**
   * Sends one text to many numbers. The item of a number has the receipt or the error. A fault of the account ends the
   * send: the numbers that were not tried have the same error.
   */
  async sendBulk(numbers: readonly string[], text: string): Promise<BulkSendResult> {
    if (!this.#hasOwnBulk) {
      return sendToEach(numbers, async (number) => {
        const secrets = hide(number);
        const receipt = await this.#attempt(this.#timeLimitMs, secrets, () => this.backend.sendSms(number, text));
        return this.#readReceipt(receipt, secrets);
      });
    }
    // In the worst case the backend sends one after the other.
    const sending = this.#attempt(
      Math.min(this.#timeLimitMs * numbers.length, MAX_TIMER_MS),
      { hidden: [], phoneNumbers: numbers },
      () => this.backend.sendBulkSms(numbers, text),
    );
    const results = resultsByNumber(sending);
    return Promise.all(numbers.map((number) => this.#item(number, async () => (await results)(number))));
  }

  async #item(number: string, send: () => Promise<SendReceipt | void>): Promise<BulkSendResult[number]> {
    try {
      return { number, receipt: this.#readReceipt(await send(), hide(number)) };
    } catch (thrown) {
      return { number, error: backendFailure(thrown, hide(number), this.#timeLimitMs) };
    }
  }

  async #attempt<T>(timeoutMs: number, secrets: Secrets, send: (limit: TimeLimit) => T | Promise<T>): Promise<T> {
    try {
      return await withinTimeLimit(timeoutMs, send);
    } catch (thrown) {
      const error = backendFailure(thrown, secrets, timeoutMs);
      logFailure(this.#name, error, secrets);
      throw error;
    }
  }

  /** Time limit of one send, in milliseconds. */
  get #timeLimitMs(): number {
    this.start();
    return this.#limitMs ?? 0;
  }

  /** Whether the backend has its own `sendBulkSms`. An override in a test may not have the method. */
  get #hasOwnBulk(): boolean {
    return 'sendBulkSms' in this.backend && !hasMethodOf(this.backend, BaseBackend, 'sendBulkSms');
  }

  /** The receipt in what the backend returned, redacted and cut to the width of the columns. */
  #readReceipt(receipt: SendReceipt | void, secrets: Secrets): SendReceipt {
    const read = readReceipt(receipt, this.#name);
    const { backend, messageId, segments } = read;
    // Only free text can show a secret.
    if (messageId === undefined && backend === this.#name) return read;
    return {
      backend: redact(backend, secrets).slice(0, MAX_BACKEND_LENGTH),
      ...(messageId !== undefined && { messageId: redact(messageId, secrets).slice(0, MAX_MESSAGE_ID_LENGTH) }),
      ...(segments !== undefined && { segments }),
    };
  }
}

/**
 * The outcome of each number in the result of a backend's own bulk send. Each item is used once, because a number that is
 * in the list twice has two items. If there is no list, all messages were sent.
 */
async function resultsByNumber(
  sending: Promise<BulkSendResult | void>,
): Promise<(number: string) => SendReceipt | undefined> {
  const results: unknown = await sending;
  if (!Array.isArray(results)) return () => undefined;
  const left: BulkSendResult[number][] = [...results];
  return (number) => {
    const index = left.findIndex((result) => result?.number === number);
    const [own] = index < 0 ? [] : left.splice(index, 1);
    if (!own?.receipt)
      throw own?.error ?? new SmsDeliveryError('unknown', 'The backend returned no result for this number.');
    return own.receipt;
  };
}

/** The context of a send. Its signal is created only for a backend that reads it. */
function contextOf(context: CodeMessage['context'], deadline: Date, limit: TimeLimit): SendContext {
  const { expiresAt, country, language, purpose, sendId, sendNumber, previous } = context;
  return {
    expiresAt,
    country,
    language,
    purpose,
    sendId,
    sendNumber,
    previous,
    deadline,
    get signal() {
      return limit.signal;
    },
  };
}

function hide(phoneNumber: string): Secrets {
  return { hidden: [], phoneNumbers: [phoneNumber] };
}

/** The redacted error for whatever a backend threw. */
function backendFailure(thrown: unknown, secrets: Secrets, timeoutMs: number): SmsDeliveryError {
  if (isThrown(thrown, TimeLimitError)) {
    return new SmsDeliveryError('unknown', `The backend did not respond within ${timeoutMs} ms.`);
  }
  if (!isThrown(thrown, SmsDeliveryError)) {
    return new SmsDeliveryError('unknown', 'The backend failed.', { cause: redactedCause(thrown, secrets) });
  }
  return withoutSecrets(thrown, secrets);
}

/**
 * The receipt in what a backend returned. Whatever it returned, the message was sent, so anything else counts as a
 * receipt without an id.
 *
 * @param backend - Name of the backend, for a receipt without one.
 */
export function readReceipt(returned: unknown, backend: string): SendReceipt {
  try {
    const given: Partial<Record<keyof SendReceipt, unknown>> =
      typeof returned === 'object' && returned !== null ? returned : {};
    const { backend: name, messageId, segments } = given;
    const receipt: { -readonly [Key in keyof SendReceipt]: SendReceipt[Key] } = {
      backend: typeof name === 'string' ? name : backend,
    };
    if (typeof messageId === 'string') receipt.messageId = messageId;
    if (typeof segments === 'number') receipt.segments = segments;
    return receipt;
  } catch {
    return { backend };
  }
}
