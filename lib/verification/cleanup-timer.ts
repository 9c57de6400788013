import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { randomDelay } from '../common/random.js';
import { Retention } from './retention.js';

const MINUTE_MS = 60_000;

/** Deletes old rows at intervals while the application runs. */
@Injectable()
export class CleanupTimer implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger('PhoneVerify');
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly retention: Retention,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Adds up to a tenth to the interval, so that processes that started together do not purge together. */
  onApplicationBootstrap(): void {
    const { cleanup } = this.options;
    if (cleanup === false) return;
    const interval = cleanup.everyMinutes * MINUTE_MS;
    this.#schedule(interval + randomDelay(interval / 10));
  }

  /** Stops the timer, and waits for a running batch. */
  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(interval: number): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#purge().finally(() => this.#schedule(interval));
    }, interval);
    this.#timer.unref();
  }

  async #purge(): Promise<void> {
    try {
      const deleted = await this.retention.purge({}, this.#stopping.signal);
      if (deleted > 0) this.#logger.log(`Deleted ${deleted} old verification sessions.`);
    } catch (error) {
      this.#logger.warn(`Old verification sessions could not be deleted: ${String(error)} It is tried again later.`);
    }
  }
}
