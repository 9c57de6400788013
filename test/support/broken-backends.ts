import { once } from 'node:events';
import {
  BaseBackend,
  type BulkSendResult,
  type SendContext,
  type SendReceipt,
  SmsDeliveryError,
  type VerificationResult,
} from '../../lib/index.js';
import type { DeliveredMessage, ProviderScenario } from '../../lib/testing/index.js';

/** A provider in memory. */
export class Gateway {
  readonly messages: DeliveredMessage[] = [];
  behaviour: ProviderScenario | undefined;

  /** Accepts a message and returns its id, or throws as the scenario requires. */
  async take(number: string, message: string, signal?: AbortSignal): Promise<string> {
    if (signal?.aborted) throw new SmsDeliveryError('unavailable', 'There is no time.');
    if (this.behaviour === 'hanging') {
      await (signal === undefined ? new Promise(() => undefined) : once(signal, 'abort'));
      throw new SmsDeliveryError('unknown', 'The gateway did not respond.');
    }
    if (this.behaviour !== undefined) throw new SmsDeliveryError(this.behaviour, 'The gateway refused.');
    const messageId = `message-${this.messages.length}`;
    this.messages.push({ number, message, messageId });
    return messageId;
  }
}

export interface Settings {
  readonly gateway: Gateway;
  readonly key: string;
}

/** A backend that obeys every rule. Each broken backend differs from it by one fault. */
export class SoundBackend extends BaseBackend<Settings> {
  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
    const messageId = await this.options.gateway.take(number, message, send?.signal);
    return { backend: 'sound', messageId, segments: 1 };
  }

  override generateSecurityCode(): string | undefined {
    return '123456';
  }

  override generateMessage(code: string): string | undefined {
    return `Your code is ${code}`;
  }

  override validateSecurityCode(): VerificationResult | undefined {
    return { status: BaseBackend.SECURITY_CODE_INVALID };
  }
}

/** The sound backend with a different return value of every send. */
export function answering(change: (receipt: SendReceipt) => unknown) {
  return class AnsweringBackend extends SoundBackend {
    override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
      const messageId = await this.options.gateway.take(number, message, send?.signal);
      return change({ backend: 'sound', messageId }) as SendReceipt;
    }
  };
}

/** The sound backend with other errors. */
export function throwing(change: (error: SmsDeliveryError, number: string, message: string, key: string) => unknown) {
  return class extends SoundBackend {
    override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
      try {
        return await super.sendSms(number, message, send);
      } catch (error) {
        throw change(error as SmsDeliveryError, number, message, this.options.key);
      }
    }
  };
}

/** The sound backend with a different return value of bulk sends. */
export function answeringBulk(change: (results: BulkSendResult) => unknown) {
  return class extends SoundBackend {
    override async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult | void> {
      return change((await super.sendBulkSms(numbers, message)) as BulkSendResult) as BulkSendResult;
    }
  };
}

/** The sound backend with some methods replaced. */
export function having(methods: object) {
  class Changed extends SoundBackend {}
  Object.assign(Changed.prototype, methods);
  return Changed;
}

/** Sends that share a field, so that parallel ones overwrite it. */
export class SharedFieldBackend extends SoundBackend {
  #number = '';

  override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
    this.#number = number;
    await Promise.resolve();
    return super.sendSms(this.#number, message, send);
  }
}

/** Returns the id of the last message, which may be that of a parallel send. */
export class SharedIdBackend extends SoundBackend {
  override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
    await this.options.gateway.take(number, message, send?.signal);
    await Promise.resolve();
    return { backend: 'sound', messageId: this.options.gateway.messages.at(-1)?.messageId };
  }
}

export class NoSubclassBackend extends SoundBackend {
  constructor(settings: Settings) {
    super(settings);
    if (new.target !== NoSubclassBackend) throw new Error('final');
  }
}

/** Fails without a context. */
export function needingContext() {
  return class extends SoundBackend {
    override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
      if (send!.signal.aborted) throw new SmsDeliveryError('unavailable', 'There is no time.');
      return super.sendSms(number, message, send);
    }
  };
}

/** Sends other texts, or another number of copies. */
export function changingText(change: (text: string) => string, copies = 1) {
  return class extends SoundBackend {
    override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
      const { gateway } = this.options;
      if (gateway.behaviour !== undefined) return super.sendSms(number, message, send);
      for (let sent = 0; sent < copies; sent += 1) await gateway.take(number, change(message));
      return { backend: 'changing' };
    }
  };
}

/** Sends by `GET`: the gateway gets what a server reads from the URL. */
export function sendingByUrl(query: (number: string, text: string) => string) {
  return class extends SoundBackend {
    override async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt | void> {
      const { searchParams } = new URL(query(number, message), 'https://gateway.test/send');
      return super.sendSms(searchParams.get('to') ?? '', searchParams.get('text') ?? '', send);
    }
  };
}

/** Tells a secret in the text of each error. */
export function leaking(secret: (number: string, message: string, key: string) => string | undefined) {
  return throwing(
    ({ kind }, number, message, key) => new SmsDeliveryError(kind, `It refused ${secret(number, message, key)}.`),
  );
}

/** Ignores the signal. */
export function heedingNoSignal() {
  return class extends SoundBackend {
    override async sendSms(number: string, message: string): Promise<SendReceipt | void> {
      return super.sendSms(number, message);
    }
  };
}
