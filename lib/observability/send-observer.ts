import { Inject, Injectable } from '@nestjs/common';
import { backendName } from '../common/backend-name.js';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import { PHONE_VERIFY_BACKEND } from '../phone-verify.tokens.js';
import { EventPort } from './event-port.js';
import type { EventSubject } from './phone-verify-event.js';

/** A send that is about to happen. */
export interface ObservedSend extends EventSubject {
  readonly isResend: boolean;
}

/** Does the work of a send inside something else, such as a span. Answers and throws what the work does. */
export type SendWrapper = (send: ObservedSend, work: () => Promise<SendReceipt>) => Promise<SendReceipt>;

/** Tells how each message went, and how long that took. */
@Injectable()
export class SendObserver {
  #wrap: SendWrapper = async (_send, work) => work();

  constructor(
    private readonly events: EventPort,
    @Inject(PHONE_VERIFY_BACKEND) private readonly backend: object,
  ) {}

  /** Has every send run inside a wrapper. */
  wrapWith(wrapper: SendWrapper): void {
    this.#wrap = wrapper;
  }

  /** Runs a send; answers and throws what it does. */
  async observe(send: ObservedSend, work: () => Promise<SendReceipt>): Promise<SendReceipt> {
    // Not the time of day, which can be set back.
    const start = performance.now();
    try {
      const receipt = await this.#wrap(send, work);
      this.#tellSent(send, receipt, performance.now() - start);
      return receipt;
    } catch (error) {
      if (error instanceof SmsDeliveryError) this.#tellFailed(send, error, performance.now() - start);
      throw error;
    }
  }

  #tellSent(send: ObservedSend, { backend, messageId, segments }: SendReceipt, durationMs: number): void {
    this.events.publish({ name: 'phone-verify.sent', ...send, backend, messageId, segments, durationMs });
  }

  #tellFailed(send: ObservedSend, { kind, providerCode }: SmsDeliveryError, durationMs: number): void {
    const backend = backendName(this.backend);
    this.events.publish({ name: 'phone-verify.send-failed', ...send, backend, kind, providerCode, durationMs });
  }
}
