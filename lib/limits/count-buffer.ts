import { unionOf } from './address-bitmap.js';
import type { ConversionCount } from './conversion.store.js';

/** Subjects that are kept, about 2 MB. Counts of further ones are dropped while a store is out of reach. */
const MAX_SUBJECTS = 10_000;

/** Counts that wait to be added to the store. */
export class CountBuffer {
  readonly #counts = new Map<string, ConversionCount>();

  add(count: ConversionCount): void {
    const { subject } = count;
    const waiting = this.#counts.get(subject);
    if (waiting === undefined && this.#counts.size >= MAX_SUBJECTS) return;
    this.#counts.set(subject, waiting === undefined ? count : sumOf(waiting, count));
  }

  /** Takes out the counts of `max` subjects at most, those that have waited longest. */
  take(max: number): ConversionCount[] {
    const taken = [...this.#counts.values()].slice(0, max);
    for (const { subject } of taken) this.#counts.delete(subject);
    return taken;
  }
}

/** The counts of both. */
export function sumOf(one: ConversionCount, other: ConversionCount): ConversionCount {
  return {
    subject: one.subject,
    sent: one.sent + other.sent,
    verified: one.verified + other.verified,
    addresses: unionOf(one.addresses, other.addresses),
  };
}
