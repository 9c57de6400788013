import { Inject, Injectable } from '@nestjs/common';
import { StorageTimeout } from '../common/time.js';
import { SendBudgets } from '../limits/send-budgets.js';
import { readAnyNumber } from '../phone-number/admission.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { PhoneDescription } from './phone-records.types.js';
import { SessionRecordStore } from './session-records.store.js';

/** What an operator reads and deletes about one number. */
@Injectable()
export class PhoneRecords {
  constructor(
    private readonly store: SessionRecordStore,
    private readonly budgets: SendBudgets,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Everything that is stored about a number. */
  async describe(phoneNumber: string): Promise<PhoneDescription> {
    const number = this.#read(phoneNumber);
    const timeout = this.#newTimeout();
    const sessions = await this.store.describeSessions(number.e164, timeout);
    return { phoneNumber: number.e164, sessions, ...(await this.budgets.describe(number, timeout)) };
  }

  /** Deletes the counters of a number alone, so that it can be sent messages again. */
  async clearLimits(phoneNumber: string): Promise<void> {
    await this.budgets.clear(this.#read(phoneNumber), this.#newTimeout());
  }

  /**
   * Deletes a number's sessions, open ones and verification tokens included, and its counters. Each batch has the time of
   * one request.
   *
   * @returns How many sessions were deleted.
   */
  async forget(phoneNumber: string): Promise<number> {
    const number = this.#read(phoneNumber);
    let total = 0;
    for (;;) {
      const { deleted, more } = await this.store.deleteSessions(number.e164, this.#newTimeout());
      total += deleted;
      if (!more) break;
    }
    await this.budgets.clear(number, this.#newTimeout());
    return total;
  }

  #read(phoneNumber: string): PhoneNumber {
    return readAnyNumber(phoneNumber, this.options);
  }

  #newTimeout(): StorageTimeout {
    return new StorageTimeout(this.options.storage.timeoutMs);
  }
}
