import type { StorageTimeout } from '../common/storage-timeout.js';
import type { AddressBitmap } from './address-bitmap.js';

/** What was counted for a country or a prefix. */
export interface ConversionCount {
  /** `country:US` or `prefix:+1415555`. */
  readonly subject: string;
  /** Messages sent. */
  readonly sent: number;
  /** Sessions verified. */
  readonly verified: number;
  /** Where the sends came from. */
  readonly addresses: AddressBitmap;
}

/** A country or prefix to which no message is sent. */
export interface ConversionBlock {
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** When counts are added, and how long their window is. */
export interface ConversionWindow {
  readonly now: number;
  readonly windowMs: number;
}

/** Blocks that a process learns of: the last to end. More are not enforced while so many are open. */
export const MAX_BLOCKS = 1000;

/**
 * Keeps the counts of messages and verified sessions, and the blocks. Every method waits no longer than the timeout, and
 * throws {@link StorageUnavailableError} when the store is out of reach.
 */
export interface ConversionStore {
  /**
   * Adds counts, each to the open window of its subject, or to a new one of `windowMs`. A window that ends too late, as
   * after a clock that went back, is cut.
   *
   * @returns What the windows have counted, in any order.
   */
  add(
    counts: readonly ConversionCount[],
    window: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<readonly ConversionCount[]>;

  /**
   * Blocks subjects until `endsAt` and forgets their counts. A block that is open already is only ever shortened.
   *
   * @param window - Of the counts.
   */
  block(subjects: readonly string[], endsAt: number, window: ConversionWindow, timeout: StorageTimeout): Promise<void>;

  /** The open blocks, {@link MAX_BLOCKS} at most: the last to end. */
  readBlocks(now: number, timeout: StorageTimeout): Promise<readonly ConversionBlock[]>;
}

/** The key of a subject's counts. */
export function conversionKey(subject: string, windowMs: number): string {
  return `conversion:${windowMs / 1000}:${subject}`;
}
