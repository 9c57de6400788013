import type { Provider } from '@nestjs/common';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import {
  PHONE_VERIFY_CONVERSION_STORE,
  PHONE_VERIFY_LIMIT_STORE,
  PHONE_VERIFY_OPTIONS,
  PHONE_VERIFY_SCHEDULE,
} from '../phone-verify.tokens.js';
import { Database } from '../database/database.js';
import { scheduleByTimer } from '../common/schedule.js';
import type { ConversionStore } from './conversion.store.js';
import { ConversionStatistic } from './conversion-statistic.js';
import { DatabaseConversionStore } from './database-conversion.store.js';
import { DatabaseLimitStore } from './database-limit.store.js';
import type { LimitStore } from './limit.store.js';
import { MemoryConversionStore } from './memory-conversion.store.js';
import { MemoryLimitStore } from './memory-limit.store.js';
import { RedisConversionStore } from './redis-conversion.store.js';
import { RedisLimitStore } from './redis-limit.store.js';
import { RefusalLog } from './refusal-log.js';
import { Refusals } from './refusals.js';
import { SendBudgets } from './send-budgets.js';
import { SendLimits } from './send-limits.js';
import { StoreClock } from './store-clock.js';

/** The providers of the limits, with the store that the options select. */
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
  {
    provide: PHONE_VERIFY_CONVERSION_STORE,
    useFactory: (database: Database, { limits }: ResolvedPhoneVerifyOptions): ConversionStore => {
      if (limits.store === 'memory') return new MemoryConversionStore();
      if (limits.store === 'database') return new DatabaseConversionStore(database);
      return new RedisConversionStore(limits.store.redis);
    },
    inject: [Database, PHONE_VERIFY_OPTIONS],
  },
  { provide: PHONE_VERIFY_SCHEDULE, useValue: scheduleByTimer },
  StoreClock,
  ConversionStatistic,
  RefusalLog,
  Refusals,
  SendBudgets,
  SendLimits,
];
