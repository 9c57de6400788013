import {
  type ConversionBlock,
  type ConversionCount,
  conversionKey,
  type ConversionStore,
  type ConversionWindow,
  MAX_BLOCKS,
} from './conversion.store.js';
import { sumOf } from './conversion-tally.js';
import { CLOCK_SLACK_MS } from './limit.store.js';

interface Counted extends ConversionCount {
  readonly endsAt: number;
}

/** Adding counts sweeps expired ones when there are more than this. */
const FEWEST_TO_SWEEP = 1024;

/** Stores the counts and blocks in this process. Each sweep waits until the counts that it left have doubled. */
export class MemoryConversionStore implements ConversionStore {
  readonly #counts = new Map<string, Counted>();
  #sweepAt = FEWEST_TO_SWEEP;
  readonly #blocks = new Map<string, number>();

  async add(counts: readonly ConversionCount[], window: ConversionWindow): Promise<readonly ConversionCount[]> {
    const { now, windowMs } = window;
    if (this.#counts.size >= this.#sweepAt) this.#sweep(now);
    return counts.map((count) => {
      const key = conversionKey(count.subject, windowMs);
      const counted = this.#counts.get(key);
      const isOpen = counted !== undefined && counted.endsAt > now;
      const total = isOpen ? sumOf(counted, count) : count;
      const latestEnd = now + windowMs;
      const endsAt = isOpen && counted.endsAt <= latestEnd + CLOCK_SLACK_MS ? counted.endsAt : latestEnd;
      const { subject, sent, verified, addresses } = total;
      this.#counts.set(key, { subject, sent, verified, addresses, endsAt });
      return total;
    });
  }

  async block(subjects: readonly string[], endsAt: number, { now, windowMs }: ConversionWindow): Promise<void> {
    for (const subject of subjects) {
      const open = this.#blocks.get(subject) ?? now;
      if (open <= now || open > endsAt) this.#blocks.set(subject, endsAt);
      this.#counts.delete(conversionKey(subject, windowMs));
    }
  }

  async readBlocks(now: number): Promise<readonly ConversionBlock[]> {
    for (const [subject, endsAt] of this.#blocks) if (endsAt <= now) this.#blocks.delete(subject);
    const blocks = [...this.#blocks].map(([subject, endsAt]) => ({ subject, endsAt }));
    return blocks.toSorted((one, other) => other.endsAt - one.endsAt).slice(0, MAX_BLOCKS);
  }

  #sweep(now: number): void {
    for (const [key, { endsAt }] of this.#counts) if (endsAt <= now) this.#counts.delete(key);
    this.#sweepAt = Math.max(FEWEST_TO_SWEEP, 2 * this.#counts.size);
  }
}
