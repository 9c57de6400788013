import type { Clock } from '../common/time.js';
import { type PhoneNumber, prefixOf } from '../phone-number/phone-number.js';
import { type AddressBitmap, unionOf } from './address-bitmap.js';
import type { ConversionBlock, ConversionCount } from './conversion.store.js';
import type { ConversionGuard } from './limit.js';

/** A kind of range that can be blocked. */
export type RangeKind = 'country' | 'prefix';

/** A block that a number is in. */
export interface NumberBlock {
  readonly kind: RangeKind;
  /** Epoch milliseconds, by the store's clock. */
  readonly endsAt: number;
}

/** Subjects that are kept, about 2 MB. Counts of further ones are dropped while the store cannot be reached. */
const MAX_SUBJECTS = 10_000;

/**
 * A process holds the count of a prefix back while it is below this share of the messages that can block the prefix, and
 * for at most so many milliseconds. Most prefixes get few messages, which are verified within seconds: so both are added in
 * one row. A prefix that is attacked gets more.
 */
const HELD_SHARE = 0.1;
const HOLD_MS = 10_000;

/** A count that is not yet added to the store. */
interface WaitingCount extends ConversionCount {
  /** When it began, by the process's monotonic clock. */
  readonly since: number;
}

/** What this process has counted and not yet added to the store, and the blocks that it knows of. */
export class ConversionTally {
  /** The oldest first. */
  readonly #counts = new Map<string, WaitingCount>();
  #blockEnds: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly guard: ConversionGuard,
    /** The store's. */
    private readonly clock: Clock,
  ) {}

  /** Counts a message. */
  countSent(number: PhoneNumber, addresses: AddressBitmap): void {
    for (const { subject } of this.#openSubjectsOf(number)) this.#add(subject, 1, 0, addresses);
  }

  /** Counts a session that was verified. */
  countVerified(number: PhoneNumber): void {
    for (const { subject } of this.#openSubjectsOf(number)) this.#add(subject, 0, 1, 0);
  }

  /** The open block that a number is in; of two, the one that ends last. */
  blockOf(number: PhoneNumber): NumberBlock | undefined {
    if (this.#blockEnds.size === 0) return undefined;
    const now = this.clock.now();
    const blocks = subjectsOf(number, this.guard).map(({ kind, subject }) => {
      return { kind, endsAt: this.#blockEnds.get(subject) ?? now };
    });
    const last = blocks.reduce((one, other) => (other.endsAt > one.endsAt ? other : one));
    return last.endsAt > now ? last : undefined;
  }

  /** Subjects whose counts are not yet added to the store. */
  get size(): number {
    return this.#counts.size;
  }

  /** Removes and returns the counts of at most `max` subjects, the oldest first. */
  take(max: number): ConversionCount[] {
    return this.#take(max, () => true);
  }

  /** The same without those of prefixes that are still held back. */
  takeDue(max: number): ConversionCount[] {
    if (this.#counts.size > MAX_SUBJECTS / 2) return this.take(max);
    const before = performance.now() - HOLD_MS;
    const enough = HELD_SHARE * this.guard.minimumSent;
    return this.#take(
      max,
      ({ subject, sent, since }) => sent >= enough || since <= before || !subject.startsWith('prefix:'),
    );
  }

  /** Adds counts that the store did not accept. */
  putBack(counts: readonly ConversionCount[]): void {
    for (const { subject, sent, verified, addresses } of counts) this.#add(subject, sent, verified, addresses);
  }

  /** Replaces the blocks that the process knows of. */
  setBlocks(blocks: readonly ConversionBlock[]): void {
    this.#blockEnds = new Map(blocks.map(({ subject, endsAt }) => [subject, endsAt]));
  }

  /** Adds a block to those that the process knows of. */
  block(subjects: readonly string[], endsAt: number): void {
    this.#blockEnds = new Map([...this.#blockEnds, ...subjects.map((subject) => [subject, endsAt] as const)]);
  }

  /** What a number is counted in. A blocked range is not counted, so that it starts at zero when the block ends. */
  #openSubjectsOf(number: PhoneNumber): readonly Subject[] {
    const subjects = subjectsOf(number, this.guard);
    if (this.#blockEnds.size === 0) return subjects;
    const now = this.clock.now();
    return subjects.filter(({ subject }) => (this.#blockEnds.get(subject) ?? now) <= now);
  }

  #take(max: number, isTaken: (count: WaitingCount) => boolean): ConversionCount[] {
    const taken: ConversionCount[] = [];
    for (const count of this.#counts.values()) {
      if (taken.length === max) break;
      if (!isTaken(count)) continue;
      taken.push(count);
      this.#counts.delete(count.subject);
    }
    return taken;
  }

  #add(subject: string, sent: number, verified: number, addresses: AddressBitmap): void {
    const waiting = this.#counts.get(subject);
    if (waiting === undefined && this.#counts.size >= MAX_SUBJECTS) return;
    const known = waiting?.addresses ?? 0;
    this.#counts.set(subject, {
      subject,
      sent: sent + (waiting?.sent ?? 0),
      verified: verified + (waiting?.verified ?? 0),
      addresses: addresses === 0 ? known : unionOf(addresses, known),
      since: waiting?.since ?? performance.now(),
    });
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

/** A range of numbers, and its name in the store, such as `prefix:+1415555`. */
interface Subject {
  readonly kind: RangeKind;
  readonly subject: string;
}

/** The ranges that a number is counted in: always its prefix, so that it can be blocked before its country. */
function subjectsOf(number: PhoneNumber, { by }: ConversionGuard): readonly Subject[] {
  const prefix: Subject = { kind: 'prefix', subject: `prefix:${prefixOf(number)}` };
  const { country = 'none' } = number;
  return by === 'prefix' ? [prefix] : [prefix, { kind: 'country', subject: `country:${country}` }];
}
