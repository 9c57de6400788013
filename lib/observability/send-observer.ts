import { Inject, Injectable } from '@nestjs/common';
import { backendName } from '../common/backend-name.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { PHONE_VERIFY_BACKEND } from '../phone-verify.tokens.js';
import { EventPublisher } from './event-publisher.js';
import type { EventSubject } from './phone-verify-event.js';

/** A send, as events and spans describe it. */
export interface ObservedSend extends EventSubject {
  readonly isResend: boolean;
}

/** Runs a send inside something else, such as a span. Returns and throws what the send does. */
export type SendWrapper = (send: ObservedSend, work: () => Promise<SendReceipt>) => Promise<SendReceipt>;

/** Publishes the outcome and the duration of each send. */
@Injectable()
export class SendObserver {
  #wrap: SendWrapper = async (_send, work) => work();

  constructor(
    private readonly events: EventPublisher,
    @Inject(PHONE_VERIFY_BACKEND) private readonly backend: object,
  ) {}

  /** Sets the wrapper in which every send runs. */
  setWrapper(wrapper: SendWrapper): void {
    this.#wrap = wrapper;
  }

  /** Runs a send. Returns and throws what it does. */
  async observe(send: ObservedSend, work: () => Promise<SendReceipt>): Promise<SendReceipt> {
    // Not the system time, which can be set back.
    const start = performance.now();
    try {
      const receipt = await this.#wrap(send, work);
      this.#publishSent(send, receipt, performance.now() - start);
      return receipt;
    } catch (error) {
      if (error instanceof SmsDeliveryError) this.#publishFailed(send, error, performance.now() - start);
      throw error;
    }
  }

  #publishSent(send: ObservedSend, { backend, messageId, segments }: SendReceipt, durationMs: number): void {
    const { phoneNumber, country, purpose, isResend } = send;
    this.events.publish({
      name: 'phone-verify.sent',
      phoneNumber,
      country,
      purpose,
      isResend,
      backend,
      messageId,
      segments,
      durationMs,
    });
  }

  #publishFailed(send: ObservedSend, { kind, providerCode }: SmsDeliveryError, durationMs: number): void {
    const backend = backendName(this.backend);
    this.events.publish({ name: 'phone-verify.send-failed', ...send, backend, kind, providerCode, durationMs });
  }
}
