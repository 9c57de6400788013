import type { Provider } from '@nestjs/common';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_LIMIT_STORE, PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { Database } from '../database/database.js';
import { DatabaseLimitStore } from './database-limit.store.js';
import type { LimitStore } from './limit.store.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { RedisLimitStore } from './redis-limit.store.js';
import { RefusalLog } from './refusal-log.js';
import { Refusals } from './refusals.js';
import { SendBudgets } from './send-budgets.js';
import { SendGate } from './send-gate.js';
import { SendLimits } from './send-limits.js';

/** What holds sends to the limits, with the store that the options choose. */
export const limitProviders: Provider[] = [
  {
    provide: PHONE_VERIFY_LIMIT_STORE,
    useFactory: (database: Database, { limits, storage }: ResolvedPhoneVerifyOptions): LimitStore => {
      if (limits.store === 'memory') return new MemoryLimitStore();
      if (limits.store === 'database') return new DatabaseLimitStore(database, storage.timeoutMs);
      return new RedisLimitStore(limits.store.redis, storage.timeoutMs);
    },
    inject: [Database, PHONE_VERIFY_OPTIONS],
  },
  RefusalLog,
  Refusals,
  SendBudgets,
  SendLimits,
  SendGate,
];
