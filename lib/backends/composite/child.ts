import type { InjectionToken } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { isThrown } from '../../common/thrown.js';
import { MAX_TIMER_MS, TimeLimitError, withinTimeLimit } from '../../common/time.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import { asDeliveryError, BaseBackend, type BulkSendResult, type SendContext, sendToEach } from '../base.backend.js';
import { logFailuresOf } from '../failure-report.js';
import {
  hasMethodOf,
  type ModuleSettings,
  prepareBackend,
  receiptNamesOf,
  type ReportedSend,
  sendThrough,
} from '../module-aware.backend.js';
import { readReceipt } from '../delivery.js';

/** A backend that the application provides, by its token. */
export interface ExistingBackend {
  readonly useExisting: InjectionToken;
}

/** A backend inside a composite, with its time limit. */
export class Child {
  #resolved: BaseBackend<unknown> | undefined;
  #limitMs = 0;
  #name: string | undefined;

  /**
   * @param path - Its place in the options of the composite, for startup errors.
   * @param source - The backend, or the token under which it is found when the application starts.
   * @param givenName - Its name in the options of the composite.
   */
  constructor(
    readonly path: string,
    private readonly source: BaseBackend<unknown> | ExistingBackend,
    readonly givenName?: string,
  ) {
    this.#name = givenName;
    if (source instanceof BaseBackend) this.#resolved = source;
  }

  get backend(): BaseBackend<unknown> {
    if (this.#resolved === undefined)
      throw new PhoneVerifyConfigurationError(`${this.path}: the application has not started`);
    return this.#resolved;
  }

  /** Whether the composite must call the backend's lifecycle hooks: Nest calls those of a provider. */
  get isOwn(): boolean {
    return this.source instanceof BaseBackend;
  }

  /** What receipts and logs call it. */
  get name(): string {
    return this.#name ?? this.className;
  }

  set name(name: string) {
    this.#name = name;
  }

  get className(): string {
    return this.backend.constructor.name;
  }

  /** The names under which its receipts can come: its own, or those of the backends inside it. */
  get receiptNames(): readonly string[] {
    const inside = receiptNamesOf(this.backend);
    return inside.length === 0 ? [this.name] : inside;
  }

  /** The longest that one send may take, in milliseconds, once prepared. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /**
   * @throws {@link PhoneVerifyConfigurationError} if nothing is provided under the token, if the backend is inside
   *   itself, or if the settings of a backend inside it cannot work together.
   */
  prepare(settings: ModuleSettings): void {
    if (!(this.source instanceof BaseBackend)) this.#resolved = findExisting(this.path, this.source, settings);
    if (settings.around.includes(this.backend)) {
      throw new PhoneVerifyConfigurationError(`${this.path}.backend: ${this.name} is inside itself`);
    }
    try {
      this.#limitMs = prepareBackend(this.backend, settings);
    } catch (error) {
      throw error instanceof PhoneVerifyConfigurationError
        ? new PhoneVerifyConfigurationError(faultsInside(this.path, error))
        : error;
    }
  }

  /**
   * Sends one message.
   *
   * @param limitMs - The longest that it may take, in milliseconds.
   * @throws {@link SmsDeliveryError}, whatever the backend threw.
   */
  async send(sending: ReportedSend, limitMs: number): Promise<SendReceipt> {
    const { send } = sending;
    try {
      const receipt = await withinTimeLimit(limitMs, ({ signal }) =>
        sendThrough(this.backend, { ...sending, send: send && withDeadline(send, signal, limitMs) }),
      );
      return this.#named(readReceipt(receipt, this.name));
    } catch (thrown) {
      throw childFailure(thrown);
    }
  }

  /** Sends one message to many numbers, within their time. If the whole call fails, each number has its error. */
  async sendBulk(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    if (hasMethodOf(this.backend, BaseBackend, 'sendBulkSms')) {
      return sendToEach(numbers, (number) => this.#sendOne(number, message));
    }
    try {
      const limitMs = Math.min(this.limitMs * numbers.length, MAX_TIMER_MS);
      const returned = await withinTimeLimit(limitMs, () => this.backend.sendBulkSms(numbers, message));
      return readResults(returned, numbers, this.name).map(({ number, receipt, error }) =>
        receipt ? { number, receipt: this.#named(receipt) } : { number, error },
      );
    } catch (thrown) {
      const error = childFailure(thrown);
      return numbers.map((number) => ({ number, error }));
    }
  }

  /** The receipt with the name that it has here. A composite has named the backend inside it that took the message. */
  #named(receipt: SendReceipt): SendReceipt {
    return receiptNamesOf(this.backend).length === 0 ? { ...receipt, backend: this.name } : receipt;
  }

  #sendOne(number: string, message: string): Promise<SendReceipt> {
    const sending = { number, message, send: undefined, report: logFailuresOf(number, message) };
    return this.send(sending, this.limitMs);
  }
}

/**
 * Gives the backends of a composite distinct names: those of their classes, with a number from the second of a class on.
 *
 * @throws {@link PhoneVerifyConfigurationError} if two have the same name in the options.
 */
export function nameApart(children: readonly Child[]): void {
  const taken = new Set<string>();
  for (const { path, givenName } of children) {
    if (givenName === undefined) continue;
    if (taken.has(givenName)) {
      throw new PhoneVerifyConfigurationError(`${path}.name: another backend is called ${givenName}; give other names`);
    }
    taken.add(givenName);
  }
  for (const child of children.filter(({ givenName }) => givenName === undefined)) {
    let name = child.className;
    for (let count = 2; taken.has(name); count += 1) name = `${child.className}#${count}`;
    taken.add(name);
    child.name = name;
  }
}

/** Converts anything that a backend threw, and a timeout, to an error of this library. */
function childFailure(thrown: unknown): SmsDeliveryError {
  return isThrown(thrown, TimeLimitError) ? new SmsDeliveryError('unknown', thrown.message) : asDeliveryError(thrown);
}

/** The usable results of what a backend returned. If it returned no list, it accepted all numbers. */
function readResults(returned: unknown, numbers: readonly string[], backend: string): BulkSendResult {
  if (!Array.isArray(returned)) return numbers.map((number) => ({ number, receipt: { backend } }));
  const results: (BulkSendResult[number] | undefined)[] = returned;
  return results.filter((result) => result !== undefined && result !== null);
}

/** The validation errors of a backend, with its place in front. */
export function faultsInside(path: string, { faults }: PhoneVerifyConfigurationError): readonly string[] {
  return faults.map((fault) => `${path}.${fault}`);
}

function findExisting(
  path: string,
  { useExisting }: ExistingBackend,
  { resolve }: ModuleSettings,
): BaseBackend<unknown> {
  const found = resolve(useExisting);
  if (found instanceof BaseBackend) return found;
  throw new PhoneVerifyConfigurationError(
    `${path}.backend: the application provides no backend under ${nameOf(useExisting)}; import the module that does, or give the class`,
  );
}

function nameOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token);
}

/** The context for one backend, with its earlier deadline. */
function withDeadline(send: SendContext, own: AbortSignal, limitMs: number): SendContext {
  const deadline = new Date(Math.min(send.deadline.getTime(), Date.now() + limitMs));
  return { ...send, deadline, signal: AbortSignal.any([send.signal, own]) };
}
