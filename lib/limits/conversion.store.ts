import type { StorageTimeout } from '../common/time.js';
import type { AddressBitmap } from './address-bitmap.js';

/** What was counted for a country or a prefix. */
export interface ConversionCount {
  /** `country:US` or `prefix:+1415555`. */
  readonly subject: string;
  /** Messages sent. */
  readonly sent: number;
  /** Sessions verified. */
  readonly verified: number;
  /** Addresses that requested the messages. */
  readonly addresses: AddressBitmap;
}

/** A country or prefix to which no message is sent. */
export interface ConversionBlock {
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** The time at which counts are added, and the length of their window. */
export interface ConversionWindow {
  readonly now: number;
  readonly windowMs: number;
}

/** Blocks that a process knows of: those that end last. Further ones are not enforced while so many are open. */
export const MAX_BLOCKS = 1000;

/**
 * Stores the counts of messages and verified sessions, and the blocks. Every method waits no longer than the timeout, and
 * throws {@link StorageUnavailableError} if the store cannot be reached.
 */
export interface ConversionStore {
  /**
   * Adds counts, each to the open window of its subject, or to a new one of `windowMs`. A window that ends too late, as
   * after a clock was set back, is shortened.
   *
   * @returns The counts of the windows, in any order.
   */
  add(
    counts: readonly ConversionCount[],
    window: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<readonly ConversionCount[]>;

  /**
   * Blocks subjects until `endsAt` and deletes their counts. An open block is never extended.
   *
   * @param window - Of the counts.
   */
  block(subjects: readonly string[], endsAt: number, window: ConversionWindow, timeout: StorageTimeout): Promise<void>;

  /** Reads the open blocks, at most {@link MAX_BLOCKS}: those that end last. */
  readBlocks(now: number, timeout: StorageTimeout): Promise<readonly ConversionBlock[]>;
}

/** The key of a subject's counts. */
export function conversionKey(subject: string, windowMs: number): string {
  return `conversion:${windowMs / 1000}:${subject}`;
}
