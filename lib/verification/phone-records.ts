import { Injectable } from '@nestjs/common';
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
  async describe(number: PhoneNumber): Promise<PhoneDescription> {
    const sessions = await this.store.describeSessions(number.e164);
    return { phoneNumber: number.e164, sessions, ...(await this.budgets.describe(number)) };
  }

  /** Forgets what is counted for a number alone, so that it may be sent messages again. */
  async clearLimits(number: PhoneNumber): Promise<void> {
    await this.budgets.clear(number);
  }

  /**
   * Deletes a number's sessions, open ones and proofs too, and its counters.
   *
   * @returns How many sessions were deleted.
   */
  async forget(number: PhoneNumber): Promise<number> {
    let total = 0;
    for (;;) {
      const { deleted, more } = await this.store.deleteSessions(number.e164);
      total += deleted;
      if (!more) break;
    }
    await this.budgets.clear(number);
    return total;
  }
}
