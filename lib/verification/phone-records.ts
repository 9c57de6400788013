import { Injectable } from '@nestjs/common';
import type { StorageTimeout } from '../common/storage-timeout.js';
import { SendBudgets } from '../limits/send-budgets.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { PhoneDescription } from './phone-records.types.js';
import { VerificationStore } from './verification.store.js';

/** What an operator looks up, and undoes, about one number. */
@Injectable()
export class PhoneRecords {
  constructor(
    private readonly store: VerificationStore,
    private readonly budgets: SendBudgets,
  ) {}

  /** Everything that is stored about a number. */
  async describe(number: PhoneNumber, timeout: StorageTimeout): Promise<PhoneDescription> {
    const sessions = await this.store.describeSessions(number.e164, timeout);
    return { phoneNumber: number.e164, sessions, ...(await this.budgets.describe(number, timeout)) };
  }

  /** Forgets what is counted for a number alone, so that it may be sent messages again. */
  async clearLimits(number: PhoneNumber, timeout: StorageTimeout): Promise<void> {
    await this.budgets.clear(number, timeout);
  }

  /**
   * Deletes a number's sessions, open ones and verification tokens included, and its counters.
   *
   * @param newTimeout - Each batch has its own.
   * @returns How many sessions were deleted.
   */
  async forget(number: PhoneNumber, newTimeout: () => StorageTimeout): Promise<number> {
    let total = 0;
    for (;;) {
      const { deleted, more } = await this.store.deleteSessions(number.e164, newTimeout());
      total += deleted;
      if (!more) break;
    }
    await this.budgets.clear(number, newTimeout());
    return total;
  }
}
