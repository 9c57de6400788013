import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Clock, StorageTimeout, systemClock } from '../common/time.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { LimitStore, StoreTime } from './limit.store.js';

/** The offset is measured, and a failure logged, at most this often. */
const INTERVAL_MS = 60_000;

/** A smaller change of the system clock against the monotonic one is a correction of its speed, a larger one a step. */
const STEP_MS = 1000;

/** A less certain measurement does not replace an earlier one. */
const MAX_UNCERTAINTY_MS = 500;

/**
 * The limit store's clock. Windows use it, so that processes whose clocks differ count in the same windows. Its time is
 * that of the process's clock plus a measured offset between the store's clock and the system's. An injected clock shifts
 * the store's time by its difference to the system's.
 *
 * The offset is measured at startup, then in the background while there are sends, and before the next send when the
 * system clock was set. So an ordinary send needs no statement for it. An offset smaller than the uncertainty of its
 * measurement, half the round trip, counts as zero.
 */
@Injectable()
export class StoreClock implements Clock, OnModuleInit {
  readonly #logger = new Logger('PhoneVerify');
  /** The store's time minus the system's; `undefined` until it is measured. */
  #offsetMs: number | undefined;
  /** System time minus monotonic time at the last measurement. */
  #systemLead = 0;
  #measuring: Promise<void> | undefined;
  // By the process's monotonic clock.
  #triedAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /** Measures the offset. The application starts even if the store cannot be reached. */
  async onModuleInit(): Promise<void> {
    await this.#measure();
  }

  /** Epoch milliseconds by the store's clock. */
  now(): number {
    return this.clock.now() + (this.#offsetMs ?? 0);
  }

  /** Converts an instant of the store's clock to one of the process's clock. */
  toProcess(instant: number): number {
    return instant - (this.#offsetMs ?? 0);
  }

  /**
   * Updates the offset. Call it before reading the time for a request. It waits only if nothing was measured yet or the
   * system clock was set, and never throws: if the store cannot be reached, the next statement fails.
   */
  async synchronize(timeout: StorageTimeout): Promise<void> {
    const isUnknown = this.#offsetMs === undefined || Math.abs(systemLead() - this.#systemLead) > STEP_MS;
    if (!isUnknown && performance.now() - this.#triedAt < INTERVAL_MS) return;
    const measuring = this.#measure();
    if (!isUnknown) return;
    try {
      await timeout.run(() => measuring);
    } catch {
      // The time of the request is used up.
    }
  }

  async #measure(): Promise<void> {
    this.#measuring ??= this.#readOffset().finally(() => {
      this.#measuring = undefined;
    });
    await this.#measuring;
  }

  async #readOffset(): Promise<void> {
    this.#triedAt = performance.now();
    try {
      const time = await this.store.readTime(new StorageTimeout(this.options.storage.timeoutMs));
      this.#accept(time ?? { before: 0, store: 0, after: 0 });
    } catch (error) {
      this.#warn(error);
    }
  }

  #accept({ before, store, after }: StoreTime): void {
    const lead = systemLead();
    const uncertainty = (after - before) / 2 + 1;
    const hasStepped = Math.abs(lead - this.#systemLead) > STEP_MS;
    if (this.#offsetMs !== undefined && !hasStepped && uncertainty > MAX_UNCERTAINTY_MS) return;
    const offset = store - (before + after) / 2;
    this.#offsetMs = Math.abs(offset) <= uncertainty ? 0 : Math.round(offset);
    this.#systemLead = lead;
  }

  #warn(error: unknown): void {
    const now = performance.now();
    if (now - this.#warnedAt < INTERVAL_MS) return;
    this.#warnedAt = now;
    this.#logger.warn(
      `The clock of the limit store could not be read: ${String(error)} Until it can, the windows of limits go by the ` +
        'last offset to it, or by the clock of this process.',
    );
  }
}

function systemLead(): number {
  return systemClock.now() - performance.now();
}
