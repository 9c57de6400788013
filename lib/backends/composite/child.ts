import type { InjectionToken } from '@nestjs/common';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';
import { isThrown } from '../../verification/thrown.js';
import { TimeLimitError, withinTimeLimit } from '../../verification/time-limit.js';
import { asDeliveryError, BaseBackend, type SendContext, type SendReceipt } from '../base.backend.js';
import { type Preparation, prepareBackend } from '../preparation.js';
import { SmsDeliveryError } from '../sms-delivery.error.js';

/** A backend of the application's own, by the token of its provider. */
export interface ExistingBackend {
  readonly useExisting: InjectionToken;
}

/** A backend inside a composite one, with the time that it may take. */
export class Child {
  #resolved: BaseBackend<unknown> | undefined;
  #limitMs = 0;

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

  /** Longest that one send may take, in milliseconds. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** @throws {@link PhoneVerifyConfigurationError} if nothing is provided under the token. */
  prepare(preparation: Preparation): void {
    if (!(this.source instanceof BaseBackend)) this.#resolved = existing(this.path, this.source, preparation);
    this.#limitMs = prepareBackend(this.backend, preparation);
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
      return receipt ?? { backend: this.name };
    } catch (thrown) {
      throw isThrown(thrown, TimeLimitError)
        ? new SmsDeliveryError('unknown', thrown.message)
        : asDeliveryError(thrown);
    }
  }
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
