import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';

/** No counter in it is ever full. */
export class EndlessLimitStore extends MemoryLimitStore {
  override async charge(charges: readonly Charge[], now: number): Promise<ChargeOutcome> {
    const counters = charges.map(({ key }) => ({ key, used: 1, windowEndsAt: now }));
    return { isCharged: true, counters };
  }
}
