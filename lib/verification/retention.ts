import { Inject, Injectable } from '@nestjs/common';
import { type Clock, StorageTimeout } from '../common/time.js';
import type { LimitStore } from '../limits/limit.store.js';
import { StoreClock } from '../limits/store-clock.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { requireDays } from './call-arguments.js';
import { SessionRecordStore } from './session-records.store.js';
import type { PurgeOptions } from './verification.types.js';

const DAY_MS = 86_400_000;

/** A verification token younger than this may still be used, so its row stays: the default `maxAge`. */
const KEPT_TOKEN_MS = 900_000;

/** Deletes old sessions, and counters whose window has ended. */
@Injectable()
export class Retention {
  constructor(
    private readonly store: SessionRecordStore,
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly limits: LimitStore,
    private readonly time: StoreClock,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    @Inject(PHONE_VERIFY_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Deletes old rows in batches, each committed separately, until none is left or the signal aborts.
   *
   * @returns How many sessions were deleted, or would be.
   */
  async purge({ olderThanDays, dryRun }: PurgeOptions = {}, signal?: AbortSignal): Promise<number> {
    const days = requireDays('olderThanDays', olderThanDays ?? this.options.retentionDays);
    const now = this.clock.now();
    const old = { createdBefore: now - days * DAY_MS, verifiedBefore: now - KEPT_TOKEN_MS, now };
    if (dryRun) return this.store.countOld(old, this.#newTimeout());
    let total = 0;
    for (;;) {
      const { deleted, more } = await this.store.deleteOld(old, this.#newTimeout());
      total += deleted;
      if (!more || signal?.aborted) break;
    }
    await this.time.synchronize(this.#newTimeout());
    while (await this.limits.deleteExpired(this.time.now(), this.#newTimeout())) {
      if (signal?.aborted) break;
    }
    return total;
  }

  /** Each batch has the time limit of one request. */
  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }
}
