import type { InjectionToken } from '@nestjs/common';
import { forEachBounded } from '../../common/bounded-concurrency.js';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { isThrown } from '../../common/thrown.js';
import { LONGEST_TIMER_MS, TimeLimitError, withinTimeLimit } from '../../common/time-limit.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import {
  asDeliveryError,
  BaseBackend,
  BULK_CONCURRENCY,
  type BulkSendResult,
  type SendContext,
} from '../base.backend.js';
import { type Preparation, prepareBackend } from '../preparation.js';
import { readReceipt } from '../receipt.js';

/** A backend of the application's own, by the token of its provider. */
export interface ExistingBackend {
  readonly useExisting: InjectionToken;
}

/** A backend inside a composite one, with the time that it may take. */
export class Child {
  #resolved: BaseBackend<unknown> | undefined;
  #limitMs = 0;
  #isPreparing = false;

  /**
   * @param path - Where it stands in the options of the composite, for start-up errors.
   * @param source - The backend, or where it is found when the application starts.
   */
  constructor(
    readonly path: string,
    private readonly source: BaseBackend<unknown> | ExistingBackend,
  ) {
    if (source instanceof BaseBackend) this.#resolved = source;
  }

  get backend(): BaseBackend<unknown> {
    if (this.#resolved === undefined)
      throw new PhoneVerifyConfigurationError(`${this.path}: the application has not started`);
    return this.#resolved;
  }

  /** Whether nobody else calls the backend's start and shutdown hooks. */
  get isOwn(): boolean {
    return this.source instanceof BaseBackend;
  }

  get name(): string {
    return this.backend.constructor.name;
  }

  /** Longest that one send may take, in milliseconds, once prepared. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /**
   * @throws {@link PhoneVerifyConfigurationError} if nothing is provided under the token, if the backend is inside
   *   itself, or if time limits inside it cannot work together.
   */
  prepare(preparation: Preparation): void {
    if (!(this.source instanceof BaseBackend)) this.#resolved = existing(this.path, this.source, preparation);
    if (this.#isPreparing) {
      throw new PhoneVerifyConfigurationError(`${this.path}.backend: ${this.name} is inside itself`);
    }
    this.#isPreparing = true;
    try {
      this.#limitMs = prepareBackend(this.backend, preparation);
    } catch (error) {
      throw error instanceof PhoneVerifyConfigurationError
        ? new PhoneVerifyConfigurationError(faultsInside(this.path, error))
        : error;
    } finally {
      this.#isPreparing = false;
    }
  }

  /**
   * Sends one message.
   *
   * @param limitMs - Longest that it may take, in milliseconds.
   * @throws {@link SmsDeliveryError}, whatever the backend threw.
   */
  async send(number: string, message: string, send: SendContext | undefined, limitMs: number): Promise<SendReceipt> {
    try {
      const receipt = await withinTimeLimit(limitMs, (signal) =>
        this.backend.sendSms(number, message, send && narrowed(send, signal, limitMs)),
      );
      return readReceipt(receipt, this.name);
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  /** Sends one message to many numbers, within their time. A failure of the whole is that of each. */
  async sendBulk(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    if (this.backend.sendBulkSms === BaseBackend.prototype.sendBulkSms) {
      return forEachBounded(numbers, BULK_CONCURRENCY, (number) => this.#sendOne(number, message));
    }
    try {
      const limitMs = Math.min(this.limitMs * numbers.length, LONGEST_TIMER_MS);
      const answer = await withinTimeLimit(limitMs, () => this.backend.sendBulkSms(numbers, message));
      return readResults(answer, numbers, this.name);
    } catch (thrown) {
      const error = failureOf(thrown);
      return numbers.map((number) => ({ number, error }));
    }
  }

  async #sendOne(number: string, message: string): Promise<BulkSendResult[number]> {
    try {
      return { number, receipt: await this.send(number, message, undefined, this.limitMs) };
    } catch (thrown) {
      return { number, error: failureOf(thrown) };
    }
  }
}

/** Whatever a backend threw, or that it took too long, as the error that it counts as. */
function failureOf(thrown: unknown): SmsDeliveryError {
  return isThrown(thrown, TimeLimitError) ? new SmsDeliveryError('unknown', thrown.message) : asDeliveryError(thrown);
}

/** The results that are some, of what a backend answered. One that tells nothing took all the numbers. */
function readResults(answer: unknown, numbers: readonly string[], backend: string): BulkSendResult {
  if (!Array.isArray(answer)) return numbers.map((number) => ({ number, receipt: { backend } }));
  const results: (BulkSendResult[number] | undefined)[] = answer;
  return results.filter((result) => result !== undefined && result !== null);
}

/** The faults that a backend found in itself, by where it stands. */
export function faultsInside(path: string, { faults }: PhoneVerifyConfigurationError): readonly string[] {
  return faults.map((fault) => `${path}.${fault}`);
}

function existing(path: string, { useExisting }: ExistingBackend, { resolve }: Preparation): BaseBackend<unknown> {
  const found = resolve(useExisting);
  if (found instanceof BaseBackend) return found;
  throw new PhoneVerifyConfigurationError(
    `${path}.backend: the application provides no backend under ${nameOf(useExisting)}; import the module that does, or give the class`,
  );
}

function nameOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token);
}

/** The context for one of several backends, which has less time. */
function narrowed(send: SendContext, own: AbortSignal, limitMs: number): SendContext {
  const deadline = new Date(Math.min(send.deadline.getTime(), Date.now() + limitMs));
  return { ...send, deadline, signal: AbortSignal.any([send.signal, own]) };
}
