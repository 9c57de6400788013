import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Schedule } from '../common/schedule.js';
import { StorageTimeout } from '../common/time.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CONVERSION_STORE, PHONE_VERIFY_OPTIONS, PHONE_VERIFY_SCHEDULE } from '../phone-verify.tokens.js';
import { originBucketOf } from './address.js';
import { bitmapOf } from './address-bitmap.js';
import type { ConversionStore } from './conversion.store.js';
import { ConversionExchange } from './conversion-exchange.js';
import { ConversionTally } from './conversion-tally.js';
import type { TimedRefusal } from './refusals.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** Counts are added to the store, and blocks read from it, at most this often. */
const INTERVAL_MS = 1000;

/** A failure is logged at most this often. */
const WARNING_INTERVAL_MS = 60_000;

/** What exists only where `limits.conversion` is on. */
interface Watch {
  readonly tally: ConversionTally;
  readonly exchange: ConversionExchange;
}

/**
 * Counts messages and verified sessions for `limits.conversion`, and knows which countries and prefixes are blocked. It is
 * a statistic: the process adds its counts to the store, and learns of blocks, at most once a second. No request waits for
 * that. A send that finds the known blocks older than a second starts a read, and is decided by the old ones.
 *
 * Counts that the store did not accept are added later. A process that is killed loses those of its last second, and those
 * of its last ten seconds to prefixes that it sent few messages.
 */
@Injectable()
export class ConversionStatistic implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('PhoneVerify');
  readonly #watch: Watch | undefined;
  #isReadDue = false;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  // By the process's monotonic clock.
  #flushedAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(PHONE_VERIFY_CONVERSION_STORE) store: ConversionStore,
    @Inject(PHONE_VERIFY_OPTIONS) { limits, storage }: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
    @Inject(PHONE_VERIFY_SCHEDULE) private readonly schedule: Schedule,
  ) {
    const guard = limits.conversion;
    if (guard === undefined) return;
    const tally = new ConversionTally(guard, time);
    const exchange = new ConversionExchange(store, tally, time, { guard, timeoutMs: storage.timeoutMs });
    this.#watch = { tally, exchange };
  }

  /** Reads the blocks, so that the first send knows them. */
  async onModuleInit(): Promise<void> {
    await this.flush();
  }

  /** Adds the remaining counts. Counts of requests that end later are lost. */
  async onModuleDestroy(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#isReadDue = false;
    await this.#run((exchange) => exchange.addCounts());
  }

  /** Counts a message that was sent, or may have been. */
  countSent({ number, client }: SendRequest): void {
    if (this.#watch === undefined) return;
    this.#watch.tally.countSent(number, bitmapOf(originBucketOf(client?.ip)));
    this.#startTimer();
  }

  /** Counts a session that was verified for the first time. */
  countVerified(number: PhoneNumber): void {
    if (this.#watch === undefined) return;
    this.#watch.tally.countVerified(number);
    this.#startTimer();
  }

  /** Why a number is blocked, as far as this process knows; empty if it is not. */
  refusalsOf(number: PhoneNumber): TimedRefusal[] {
    if (this.#watch === undefined) return [];
    if (performance.now() - this.#readAt > INTERVAL_MS) {
      this.#isReadDue = true;
      this.#startTimer();
    }
    const block = this.#watch.tally.blockOf(number);
    if (block === undefined) return [];
    return [
      {
        rule: 'conversion',
        option: 'limits.conversion',
        reason: `its ${block.kind} is blocked, since too few of the messages sent there were verified`,
        advice:
          'If these are legitimate users, check whether messages arrive there, and lower ' +
          'limits.conversion.minimumVerified.',
        retryAt: block.endsAt,
      },
    ];
  }

  /** Reads from the store until when a number is blocked: epoch milliseconds by its clock, `undefined` if it is not. */
  async readBlockedUntil(number: PhoneNumber, timeout: StorageTimeout): Promise<number | undefined> {
    await this.#watch?.exchange.readBlocks(timeout);
    return this.#watch?.tally.blockOf(number)?.endsAt;
  }

  /** Adds the counts to the store and reads the blocks, after a flush that is running. Never throws. */
  async flush(): Promise<void> {
    this.#isReadDue = true;
    await this.#run((exchange) => exchange.addCounts());
  }

  #startTimer(): void {
    if (this.#isClosed || this.#cancelTimer !== undefined) return;
    const delay = Math.max(0, this.#flushedAt + INTERVAL_MS - performance.now());
    this.#cancelTimer = this.schedule(() => {
      this.#cancelTimer = undefined;
      void this.#run((exchange) => exchange.addDueCounts());
    }, delay);
  }

  async #run(add: (exchange: ConversionExchange) => Promise<void>): Promise<void> {
    this.#running = this.#runAfter(this.#running, add);
    await this.#running;
  }

  async #runAfter(running: Promise<void>, add: (exchange: ConversionExchange) => Promise<void>): Promise<void> {
    await running;
    this.#flushedAt = performance.now();
    try {
      if (this.#watch !== undefined) await this.#exchange(this.#watch.exchange, add);
    } catch (error) {
      this.#warn(error);
    }
    // Counts that the store did not accept, and those that are held back, are added later.
    if (this.#watch !== undefined && this.#watch.tally.size > 0) this.#startTimer();
  }

  async #exchange(exchange: ConversionExchange, add: (exchange: ConversionExchange) => Promise<void>): Promise<void> {
    await this.time.synchronize(exchange.newTimeout());
    await add(exchange);
    if (!this.#isReadDue) return;
    this.#isReadDue = false;
    this.#readAt = performance.now();
    await exchange.readBlocks();
  }

  #warn(error: unknown): void {
    const now = performance.now();
    if (now - this.#warnedAt < WARNING_INTERVAL_MS) return;
    this.#warnedAt = now;
    this.#logger.warn(
      `limits.conversion could not exchange its counts and blocks with the store: ${String(error)} It tries again. Until ` +
        'then, sends are decided by the blocks that this process knows.',
    );
  }
}
