import { Inject, Injectable } from '@nestjs/common';
import type { StorageTimeout } from '../common/time.js';
import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import type { DescribedBudget, DescribedBudgets } from './described-budget.js';
import { ConversionStatistic } from './conversion-statistic.js';
import type { Limit } from './limit.js';
import { isByNumber, isNumberRule, RULES } from './limit-rules.js';
import type { Counter, LimitStore } from './limit.store.js';
import { StoreClock } from './store-clock.js';
import { counterKey, maxOf } from './send-charges.js';

/** A limit that counts the sends to a number, and the name of its counter. */
interface Budget {
  readonly limit: Limit & { readonly rule: DescribedBudget['rule'] };
  readonly ownNumber: boolean;
  readonly key: string;
}

/** Reads and clears what is left of the limits of a number. */
@Injectable()
export class SendBudgets {
  constructor(
    @Inject(PHONE_VERIFY_LIMIT_STORE) private readonly store: LimitStore,
    private readonly conversion: ConversionStatistic,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
    private readonly time: StoreClock,
  ) {}

  /** Reads what is left of each. */
  async describe(number: PhoneNumber, timeout: StorageTimeout): Promise<DescribedBudgets> {
    const budgets = this.#budgetsOf(number);
    const keys = new Set(budgets.map(({ key }) => key));
    const counters = await this.#read([...keys], timeout);
    const blockedUntil = await this.conversion.readBlockedUntil(number, timeout);
    return {
      budgets: budgets.map((budget) => this.#describe(budget, counters)),
      conversionBlockedUntil: blockedUntil === undefined ? undefined : new Date(this.time.toProcess(blockedUntil)),
    };
  }

  /** Deletes the counters of a number alone. Those that it shares with other numbers stay. */
  async clear(number: PhoneNumber, timeout: StorageTimeout): Promise<void> {
    const keys = this.options.limits.rules.flatMap((limit) => {
      const rule = RULES[limit.rule];
      if (!isByNumber(rule) || !rule.isOfOneNumber) return [];
      return [false, true].map((isOwnNumber) => counterKey(limit, rule.countedAs(number), { isOwnNumber }));
    });
    if (keys.length > 0) await this.store.clear([...new Set(keys)], timeout);
  }

  async #read(keys: readonly string[], timeout: StorageTimeout): Promise<readonly Counter[]> {
    if (keys.length === 0) return [];
    await this.time.synchronize(timeout);
    return this.store.read(keys, this.time.now(), timeout);
  }

  #budgetsOf(number: PhoneNumber): Budget[] {
    return this.options.limits.rules.flatMap((limit) => {
      const { rule } = limit;
      if (!isNumberRule(rule)) return [];
      return [false, true].map((ownNumber) => ({
        limit: { ...limit, rule },
        ownNumber,
        key: counterKey(limit, RULES[rule].countedAs(number), { isOwnNumber: ownNumber }),
      }));
    });
  }

  #describe({ limit, ownNumber, key }: Budget, counters: readonly Counter[]): DescribedBudget {
    const { rule, seconds, mode } = limit;
    const max = maxOf(limit, { isOwnNumber: ownNumber });
    const counter = counters.find((one) => one.key === key);
    return {
      rule,
      ownNumber,
      max,
      seconds,
      mode,
      left: Math.max(0, max - (counter?.used ?? 0)),
      windowEndsAt: counter && new Date(this.time.toProcess(counter.windowEndsAt)),
    };
  }
}
