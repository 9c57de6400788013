import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import { MemoryLimitStore } from '../../lib/limits/memory-limit.store.js';

/** A limit store that never refuses a charge. */
export class EndlessLimitStore extends MemoryLimitStore {
  override async charge(charges: readonly Charge[], now: number): Promise<ChargeOutcome> {
    const counters = charges.map(({ key }) => ({ key, used: 1, windowEndsAt: now }));
    return { isCharged: true, counters };
  }
}
