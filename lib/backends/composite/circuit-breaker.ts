import type { CircuitBreakerPolicy, IBackoff } from 'cockatiel';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';

/**
 * When a backend is left alone for a while.
 *
 * @publicApi
 */
export interface BreakerOptions {
  /** Failures in a row that open the breaker, 1 to 1000. A `rejected` number is none. Default 5. */
  readonly failures?: number;
  /** Milliseconds until one message is tried again, 1 to 3 600 000. Default 30 000. */
  readonly halfOpenAfterMs?: number;
}

type Outcome<T> = { readonly value: T } | { readonly rejected: SmsDeliveryError };

/**
 * Keeps messages from a backend that fails again and again, and from one that asked to be left alone for a while. One
 * message then tries whether it is back; the others do not wait for that. Time is that of `performance.now`, which
 * nobody sets back.
 */
export class CircuitBreaker {
  #policy: Promise<CircuitBreakerPolicy> | undefined;
  #isTripped: () => boolean = () => false;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: Required<BreakerOptions>) {}

  /** Whether the backend is left alone, or is being tried again. */
  get isOpen(): boolean {
    return this.#isTripped() || this.#restsUntil > performance.now();
  }

  /**
   * Runs a send, or fails at once.
   *
   * @param isCutShort - Asked when the send failed: whether it had less time than it may take, so that the backend is not
   *   to blame. That counts only against one that is being tried again.
   * @throws {@link SmsDeliveryError}: that of the send, or one of which {@link isRefusal} is true.
   */
  async run<T>(send: () => Promise<T>, isCutShort: () => boolean = () => false): Promise<T> {
    const { CircuitState, isBrokenCircuitError } = await import('cockatiel');
    this.#policy ??= this.#create();
    const policy = await this.#policy;
    const restMs = this.#restsUntil - performance.now();
    if (restMs > 0) throw new BreakerRefusal('throttled', 'It asked for a pause.', restMs / 1000);
    // Without this the message would wait for another one's trial, in the worst case for its whole time limit.
    if (policy.state === CircuitState.HalfOpen) throw new BreakerRefusal('unavailable', 'Its breaker is being tried.');
    try {
      const outcome = await policy.execute(() => this.#observe(send, isCutShort));
      if ('rejected' in outcome) throw outcome.rejected;
      return outcome.value;
    } catch (error) {
      if (isBrokenCircuitError(error)) throw new BreakerRefusal('unavailable', 'Its breaker is open.');
      throw error instanceof CutShort ? error.cause : error;
    }
  }

  /** A provider that refuses a number works, so that counts as a success. */
  async #observe<T>(send: () => Promise<T>, isCutShort: () => boolean): Promise<Outcome<T>> {
    try {
      return { value: await send() };
    } catch (error) {
      if (!(error instanceof SmsDeliveryError)) throw error;
      if (error.kind === 'rejected') return { rejected: error };
      if (error.retryAfterSeconds !== undefined) {
        this.#restsUntil = performance.now() + error.retryAfterSeconds * 1000;
      }
      throw isCutShort() ? new CutShort(error) : error;
    }
  }

  async #create(): Promise<CircuitBreakerPolicy> {
    const { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } = await import('cockatiel');
    const { failures, halfOpenAfterMs } = this.options;
    const isFailure = (error: Error): boolean => !(error instanceof CutShort) || policy.state === CircuitState.HalfOpen;
    const policy = circuitBreaker(handleWhen(isFailure), {
      halfOpenAfter: { next: () => pause(halfOpenAfterMs) },
      breaker: new ConsecutiveBreaker(failures),
    });
    this.#isTripped = () => policy.state !== CircuitState.Closed;
    return policy;
  }
}

/** How long a breaker stays open. It asks for the duration each time, and measures it by a clock that can be set back. */
function pause(milliseconds: number): IBackoff<unknown> {
  const end = performance.now() + milliseconds;
  return {
    get duration() {
      return performance.now() < end ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next: () => pause(milliseconds),
  };
}

/** A failure that says little about the backend. */
class CutShort extends Error {
  constructor(override readonly cause: SmsDeliveryError) {
    super('There was too little time.');
  }
}

/** The backend was not asked at all. */
class BreakerRefusal extends SmsDeliveryError {
  constructor(kind: 'throttled' | 'unavailable', message: string, retryAfterSeconds?: number) {
    super(kind, message, { retryAfterSeconds });
  }
}

/** Whether a backend was not asked at all, so that it has no copy of the message. */
export function isRefusal(error: SmsDeliveryError): boolean {
  return error instanceof BreakerRefusal;
}
