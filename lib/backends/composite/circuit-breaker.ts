import { isOfNumber, SmsDeliveryError } from '../../common/sms-delivery.error.js';
import { asDeliveryError } from '../base.backend.js';

/**
 * When a circuit breaker opens, and for how long.
 *
 * @publicApi
 */
export interface BreakerOptions {
  /** Consecutive failures that open the breaker, 1 to 1000. A number that is `rejected` or `unreachable` is not a failure. Default 5. */
  readonly failures?: number;
  /** Milliseconds until one message tries the backend again, 1 to 3 600 000. Default 30 000. */
  readonly halfOpenAfterMs?: number;
}

/** The circuit breaker is open: the backend was not called. */
export class CircuitOpenError extends SmsDeliveryError {}

/**
 * Stops calling a backend after a number of failures in a row. After a time, one message at a time probes whether the
 * backend works again; the others do not wait for the probe. A backend whose provider requested a pause (`Retry-After`)
 * is not called during it.
 */
export class CircuitBreaker {
  #failuresInARow = 0;
  /** From when on a probe is allowed; `undefined` while the breaker is closed. */
  #probeFrom: number | undefined;
  #isProbing = false;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param now - Milliseconds, by a clock that is never set back. */
  constructor(
    private readonly options: Required<BreakerOptions>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether messages are kept from the backend, but for a probe. */
  get isOpen(): boolean {
    return this.#probeFrom !== undefined || this.#pausedUntil > this.now();
  }

  /**
   * Runs a send, unless the breaker is open.
   *
   * @param wasCutShort - Asked when the send failed: whether it had less time than its limit. Such a failure is not the
   *   backend's, so it counts against a probe only.
   * @throws {@link SmsDeliveryError} of the send, or {@link CircuitOpenError}.
   */
  async run<T>(send: () => Promise<T>, wasCutShort: () => boolean = () => false): Promise<T> {
    this.#throwIfOpen();
    const isProbe = this.#probeFrom !== undefined;
    this.#isProbing = isProbe;
    try {
      const value = await send();
      this.#recordSuccess(isProbe);
      return value;
    } catch (thrown) {
      const error = asDeliveryError(thrown);
      if (isOfNumber(error.kind)) this.#recordSuccess(isProbe);
      else {
        this.#pauseAfter(error);
        if (isProbe || !wasCutShort()) this.#recordFailure(isProbe);
      }
      throw error;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  }

  #throwIfOpen(): void {
    const now = this.now();
    if (this.#pausedUntil > now) {
      const retryAfterSeconds = (this.#pausedUntil - now) / 1000;
      throw new CircuitOpenError('throttled', 'The provider asked for a pause.', { retryAfterSeconds });
    }
    if (this.#isProbing || (this.#probeFrom !== undefined && this.#probeFrom > now)) {
      throw new CircuitOpenError('unavailable', 'The circuit breaker is open.');
    }
  }

  #pauseAfter({ retryAfterSeconds }: SmsDeliveryError): void {
    if (retryAfterSeconds !== undefined) this.#pausedUntil = this.now() + retryAfterSeconds * 1000;
  }

  #recordSuccess(isProbe: boolean): void {
    if (this.#isStale(isProbe)) return;
    this.#failuresInARow = 0;
    this.#probeFrom = undefined;
  }

  #recordFailure(isProbe: boolean): void {
    if (this.#isStale(isProbe)) return;
    this.#failuresInARow += 1;
    if (isProbe || this.#failuresInARow >= this.options.failures) {
      this.#probeFrom = this.now() + this.options.halfOpenAfterMs;
    }
  }

  /** Whether a send began before the breaker opened: only a probe decides how long it stays open. */
  #isStale(isProbe: boolean): boolean {
    return !isProbe && this.#probeFrom !== undefined;
  }
}
