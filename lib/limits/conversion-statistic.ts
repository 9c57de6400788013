import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Schedule } from '../common/schedule.js';
import { StorageTimeout } from '../common/storage-timeout.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CONVERSION_STORE, PHONE_VERIFY_OPTIONS, PHONE_VERIFY_SCHEDULE } from '../phone-verify.tokens.js';
import { originBucketOf } from './address.js';
import { bitmapOf } from './address-bitmap.js';
import type { ConversionCount, ConversionStore } from './conversion.store.js';
import { ConversionBlocks, type NumberBlock } from './conversion-blocks.js';
import { isToBlock, subjectOf, watchedKinds } from './conversion-subjects.js';
import { CountBuffer } from './count-buffer.js';
import type { ConversionGuard } from './limit.js';
import type { SendRequest } from './send-request.js';
import { StoreClock } from './store-clock.js';

/** Counts are added to the store, and blocks read from it, at most this often. */
const INTERVAL_MS = 1000;

/** A failure is logged at most this often. */
const WARNING_INTERVAL_MS = 60_000;

/** Subjects whose counts one statement adds. */
const BATCH = 200;

/** What the statistic needs where `limits.conversion` is on. */
interface Watch {
  readonly guard: ConversionGuard;
  readonly blocks: ConversionBlocks;
}

/**
 * Counts messages and verified sessions for `limits.conversion`, and knows which countries and prefixes are blocked. It is
 * a statistic: counts wait in the process for up to a second, news of a block as long, and no request waits for the store.
 * A send whose process has not looked for blocks for a second has it look, and is itself decided by what was known.
 *
 * Counts that the store did not take are added later. A process that is killed loses those of its last second.
 */
@Injectable()
export class ConversionStatistic implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('PhoneVerify');
  readonly #watch: Watch | undefined;
  readonly #counts = new CountBuffer();
  #isReadDue = false;
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  // By the process's monotonic clock.
  #flushedAt = Number.NEGATIVE_INFINITY;
  #readAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(PHONE_VERIFY_CONVERSION_STORE) private readonly store: ConversionStore,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
    @Inject(PHONE_VERIFY_SCHEDULE) private readonly schedule: Schedule,
  ) {
    const guard = options.limits.conversion;
    this.#watch = guard && { guard, blocks: new ConversionBlocks(store, guard) };
  }

  /** Reads the blocks, so that the first send knows them. */
  async onModuleInit(): Promise<void> {
    this.#isReadDue = true;
    await this.#flushDue();
  }

  /** Adds what is left. Counts of requests that end later are lost. */
  async onModuleDestroy(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#isReadDue = false;
    await this.#flushDue();
  }

  /** Counts a message that was sent, or may have been. */
  countSent({ number, origin }: SendRequest): void {
    this.#count(number, { sent: 1, verified: 0, addresses: bitmapOf(originBucketOf(origin.ip)) });
  }

  /** Counts a session that was verified for the first time. */
  countVerified(number: PhoneNumber): void {
    this.#count(number, { sent: 0, verified: 1, addresses: 0 });
  }

  /** The block that a number is in, as far as this process knows. */
  blockOf(number: PhoneNumber): NumberBlock | undefined {
    if (this.#watch === undefined) return undefined;
    if (performance.now() - this.#readAt > INTERVAL_MS) {
      this.#isReadDue = true;
      this.#arm();
    }
    return this.#watch.blocks.of(number, this.time.now());
  }

  /** The block that a number is in, as the store knows. */
  async readBlockOf(number: PhoneNumber, timeout: StorageTimeout): Promise<NumberBlock | undefined> {
    await this.#watch?.blocks.read(this.time.now(), timeout);
    return this.#watch?.blocks.of(number, this.time.now());
  }

  /** Adds the counts to the store and reads the blocks, after what is under way. Never throws. */
  async flush(): Promise<void> {
    this.#isReadDue = true;
    await this.#flushDue();
  }

  /** What is blocked is not counted, so that its counts begin anew when the block is over. */
  #count(number: PhoneNumber, count: Omit<ConversionCount, 'subject'>): void {
    if (this.#watch === undefined) return;
    const { guard, blocks } = this.#watch;
    const subjects = watchedKinds(guard).map((kind) => subjectOf(kind, number));
    for (const subject of subjects) {
      if (!blocks.has(subject, this.time.now())) this.#counts.add({ subject, ...count });
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#isClosed || this.#cancelTimer !== undefined) return;
    const delay = Math.max(0, this.#flushedAt + INTERVAL_MS - performance.now());
    this.#cancelTimer = this.schedule(() => {
      this.#cancelTimer = undefined;
      void this.#flushDue();
    }, delay);
  }

  async #flushDue(): Promise<void> {
    this.#running = this.#flushAfter(this.#running);
    await this.#running;
  }

  async #flushAfter(running: Promise<void>): Promise<void> {
    await running;
    this.#flushedAt = performance.now();
    try {
      if (this.#watch !== undefined) await this.#exchange(this.#watch);
    } catch (error) {
      this.#warn(error);
    }
  }

  async #exchange({ guard, blocks }: Watch): Promise<void> {
    await this.time.synchronize(this.#newTimeout());
    for (let counts = this.#counts.take(BATCH); counts.length > 0; counts = this.#counts.take(BATCH)) {
      const totals = await this.#add(counts, guard);
      const subjects = totals.filter((total) => isToBlock(total, guard)).map(({ subject }) => subject);
      await blocks.open(subjects, this.time.now(), this.#newTimeout());
    }
    if (!this.#isReadDue) return;
    this.#isReadDue = false;
    this.#readAt = performance.now();
    await blocks.read(this.time.now(), this.#newTimeout());
  }

  async #add(counts: readonly ConversionCount[], { seconds }: ConversionGuard): Promise<readonly ConversionCount[]> {
    try {
      return await this.store.add(counts, { now: this.time.now(), windowMs: seconds * 1000 }, this.#newTimeout());
    } catch (error) {
      for (const count of counts) this.#counts.add(count);
      throw error;
    }
  }

  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }

  #warn(error: unknown): void {
    const now = performance.now();
    if (now - this.#warnedAt < WARNING_INTERVAL_MS) return;
    this.#warnedAt = now;
    this.#logger.warn(
      `limits.conversion could not exchange its counts and blocks with the store: ${String(error)} It tries again, and ` +
        'until then sends are decided by the blocks that this process knows.',
    );
  }
}
