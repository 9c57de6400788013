import type { StorageTimeout } from '../common/storage-timeout.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ConversionStore } from './conversion.store.js';
import { type SubjectKind, subjectOf, watchedKinds } from './conversion-subjects.js';
import type { ConversionGuard } from './limit.js';
import { CLOCK_SLACK_MS } from './limit.store.js';

/** A block that a number is in. */
export interface NumberBlock {
  readonly kind: SubjectKind;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** The blocks that this process knows of. */
export class ConversionBlocks {
  #endsBySubject = new Map<string, number>();

  constructor(
    private readonly store: ConversionStore,
    private readonly guard: ConversionGuard,
  ) {}

  has(subject: string, now: number): boolean {
    return (this.#endsBySubject.get(subject) ?? now) > now;
  }

  /** The open block that a number is in; of two, the last to end. */
  of(number: PhoneNumber, now: number): NumberBlock | undefined {
    const blocks = watchedKinds(this.guard).map((kind) => {
      return { kind, endsAt: this.#endsBySubject.get(subjectOf(kind, number)) ?? now };
    });
    const last = blocks.reduce((one, other) => (other.endsAt > one.endsAt ? other : one));
    return last.endsAt > now ? last : undefined;
  }

  /** Opens blocks, in this process at once. */
  async open(subjects: readonly string[], now: number, timeout: StorageTimeout): Promise<void> {
    if (subjects.length === 0) return;
    const endsAt = now + this.guard.blockSeconds * 1000;
    for (const subject of subjects) this.#endsBySubject.set(subject, endsAt);
    await this.store.block(subjects, endsAt, { now, windowMs: this.guard.seconds * 1000 }, timeout);
  }

  /** Reads the open blocks. One that ends later than one made now, as after a clock that ran ahead, is shortened. */
  async read(now: number, timeout: StorageTimeout): Promise<void> {
    const blocks = await this.store.readBlocks(now, timeout);
    this.#endsBySubject = new Map(blocks.map(({ subject, endsAt }) => [subject, endsAt]));
    const latestEnd = now + this.guard.blockSeconds * 1000 + CLOCK_SLACK_MS;
    const tooLong = blocks.filter(({ endsAt }) => endsAt > latestEnd).map(({ subject }) => subject);
    await this.open(tooLong, now, timeout);
  }
}
