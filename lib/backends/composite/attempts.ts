import { AsyncLocalStorage } from 'node:async_hooks';
import type { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { CircuitOpenError } from './circuit-breaker.js';

/**
 * The backends that failed to send one message. Shared by the failovers that the message passes through, however they
 * are nested, so that a message which may have been sent is tried once more by all of them together.
 */
export class Attempts {
  #left = Number.POSITIVE_INFINITY;
  #noted = 0;

  private constructor(
    private readonly number: string,
    private readonly message: string,
  ) {}

  /** Runs one send, with the attempts of the send that it is a part of. */
  static of<T>(number: string, message: string, work: (attempts: Attempts) => Promise<T>): Promise<T> {
    const outer = running.getStore();
    // A backend may send another message of its own while it sends this one.
    if (outer?.number === number && outer.message === message) return work(outer);
    const attempts = new Attempts(number, message);
    return running.run(attempts, () => work(attempts));
  }

  /** Whether no further backend may be tried. */
  get areOver(): boolean {
    return this.#left <= 0;
  }

  /** How many failed so far. */
  get count(): number {
    return this.#noted;
  }

  /**
   * Notes that a backend failed.
   *
   * @param before - {@link count} when it was tried: another one now means that a failover inside it noted its own.
   */
  note(error: SmsDeliveryError, before: number): void {
    if (error instanceof CircuitOpenError) return;
    if (this.#noted === before) {
      this.#noted += 1;
      this.#left -= 1;
    }
    if (error.kind === 'unknown') this.#left = Math.min(this.#left, 1);
  }
}

const running = new AsyncLocalStorage<Attempts>();
