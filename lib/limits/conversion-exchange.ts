import { type Clock, StorageTimeout } from '../common/time.js';
import { estimateAddresses } from './address-bitmap.js';
import type { ConversionCount, ConversionStore } from './conversion.store.js';
import type { ConversionTally } from './conversion-tally.js';
import type { ConversionGuard } from './limit.js';
import { CLOCK_SLACK_MS } from './limit.store.js';

/** Subjects whose counts one statement adds. */
const BATCH = 200;

/** What the exchange needs of the module's options. */
export interface ExchangeSettings {
  readonly guard: ConversionGuard;
  /** `storage.timeoutMs`. Each statement has it. */
  readonly timeoutMs: number;
}

/** Exchanges counts and blocks between the process and the store. */
export class ConversionExchange {
  constructor(
    private readonly store: ConversionStore,
    private readonly tally: ConversionTally,
    /** The store's. */
    private readonly clock: Clock,
    private readonly settings: ExchangeSettings,
  ) {}

  /** Adds all counts of the process to the store, and blocks the ranges that reach the thresholds. */
  async addCounts(): Promise<void> {
    await this.#addBatches(() => this.tally.take(BATCH));
  }

  /** The same without the counts that the process still holds back. */
  async addDueCounts(): Promise<void> {
    await this.#addBatches(() => this.tally.takeDue(BATCH));
  }

  async #addBatches(take: () => readonly ConversionCount[]): Promise<void> {
    // Only what is waiting now: under load, new counts arrive during each statement, and the loop would never end.
    const batches = Math.ceil(this.tally.size / BATCH);
    for (let batch = 0; batch < batches; batch++) {
      const counts = take();
      if (counts.length === 0) return;
      const totals = await this.#add(counts);
      const subjects = totals.filter((total) => isToBlock(total, this.settings.guard)).map(({ subject }) => subject);
      await this.#block(subjects, this.newTimeout());
    }
  }

  /** Reads the open blocks. A block that ends later than one made now, as after a clock that ran fast, is shortened. */
  async readBlocks(timeout = this.newTimeout()): Promise<void> {
    const now = this.clock.now();
    const blocks = await this.store.readBlocks(now, timeout);
    this.tally.setBlocks(blocks);
    const latestEnd = now + this.settings.guard.blockSeconds * 1000 + CLOCK_SLACK_MS;
    const tooLong = blocks.filter(({ endsAt }) => endsAt > latestEnd).map(({ subject }) => subject);
    await this.#block(tooLong, timeout);
  }

  async #add(counts: readonly ConversionCount[]): Promise<readonly ConversionCount[]> {
    try {
      return await this.store.add(counts, this.#window(), this.newTimeout());
    } catch (error) {
      this.tally.putBack(counts);
      throw error;
    }
  }

  /** Blocks ranges, in this process at once. */
  async #block(subjects: readonly string[], timeout: StorageTimeout): Promise<void> {
    if (subjects.length === 0) return;
    const window = this.#window();
    const endsAt = window.now + this.settings.guard.blockSeconds * 1000;
    this.tally.block(subjects, endsAt);
    await this.store.block(subjects, endsAt, window, timeout);
  }

  #window(): { now: number; windowMs: number } {
    return { now: this.clock.now(), windowMs: this.settings.guard.seconds * 1000 };
  }

  /** The time limit of one statement. */
  newTimeout(): StorageTimeout {
    return new StorageTimeout(this.settings.timeoutMs);
  }
}

/** Whether the counts of a range block it. A country is blocked only if its sends came from enough addresses. */
function isToBlock(
  { subject, sent, verified, addresses }: ConversionCount,
  { minimumSent, minimumVerified, minimumAddresses }: ConversionGuard,
): boolean {
  if (sent < minimumSent || verified >= minimumVerified * sent) return false;
  return subject.startsWith('prefix:') || estimateAddresses(addresses) >= minimumAddresses;
}
