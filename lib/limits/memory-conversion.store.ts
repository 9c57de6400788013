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

/** Stores the counts and blocks in this process. Adding counts deletes the expired ones. */
export class MemoryConversionStore implements ConversionStore {
  readonly #counts = new Map<string, Counted>();
  readonly #blocks = new Map<string, number>();

  async add(counts: readonly ConversionCount[], window: ConversionWindow): Promise<readonly ConversionCount[]> {
    const { now, windowMs } = window;
    for (const [key, { endsAt }] of this.#counts) if (endsAt <= now) this.#counts.delete(key);
    return counts.map((count) => {
      const key = conversionKey(count.subject, windowMs);
      const { endsAt, ...total } = addTo(this.#counts.get(key), count, now + windowMs);
      this.#counts.set(key, { ...total, endsAt });
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
}

function addTo(counted: Counted | undefined, count: ConversionCount, latestEnd: number): Counted {
  if (counted === undefined) return { ...count, endsAt: latestEnd };
  const endsAt = counted.endsAt > latestEnd + CLOCK_SLACK_MS ? latestEnd : counted.endsAt;
  return { ...sumOf(counted, count), endsAt };
}
