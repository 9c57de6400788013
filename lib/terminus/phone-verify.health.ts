import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { BaseBackend } from '../backends/base.backend.js';
import { openBreakersOf } from '../backends/module-aware.backend.js';
import { type Clock, StorageTimeout } from '../common/time.js';
import type { LimitStore } from '../limits/limit.store.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import {
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_CLOCK,
  PHONE_VERIFY_LIMIT_STORE,
  PHONE_VERIFY_OPTIONS,
} from '../phone-verify.tokens.js';
import { VerificationStore } from '../verification/verification.store.js';

/** Time limit in milliseconds for an application whose options cannot be found. */
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Result of a health check. It has no address, no number and no error text.
 *
 * @publicApi
 */
export interface PhoneVerifyHealth extends Readonly<Record<string, unknown>> {
  /** Whether the table of the sessions can be read. */
  readonly database: 'up' | 'down';
  /** Whether the counters of the limits can be read. */
  readonly limits: 'up' | 'down' | 'not configured';
  /** Backends inside a failover whose circuit breaker is open. They make nothing `down`: the next backend sends. */
  readonly openBreakers: readonly string[];
}

/**
 * Reports to `@nestjs/terminus` whether codes can be sent and checked. It sends no message. Put it into the `providers` of
 * the module that checks the application's health.
 *
 * @publicApi
 */
@Injectable()
export class PhoneVerifyHealthIndicator implements OnModuleInit {
  /** @internal */
  constructor(
    private readonly healthIndicators: HealthIndicatorService,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @throws {@link PhoneVerifyConfigurationError} if the application does not import `PhoneVerifyModule`. */
  onModuleInit(): void {
    if (this.find(VerificationStore) === undefined) {
      throw new PhoneVerifyConfigurationError('PhoneVerifyHealthIndicator: the application has no PhoneVerifyModule');
    }
  }

  /**
   * `down` if the database or the limit store cannot be read.
   *
   * @param key - Name in the result of the health check.
   */
  async isHealthy(key = 'phone-verify'): Promise<HealthIndicatorResult<string, 'up' | 'down', PhoneVerifyHealth>> {
    const [database, limits] = await Promise.all([this.checkDatabase(), this.checkLimits()]);
    const backend = this.find<BaseBackend<unknown>>(PHONE_VERIFY_BACKEND);
    const health = { database, limits, openBreakers: backend === undefined ? [] : openBreakersOf(backend) };
    const indicator = this.healthIndicators.check(key);
    return database === 'down' || limits === 'down' ? indicator.down(health) : indicator.up(health);
  }

  /** Searches for a session that cannot exist, which also shows whether the table exists. */
  private async checkDatabase(): Promise<'up' | 'down'> {
    const store = this.find(VerificationStore);
    return upIf(async () => store?.find({ sessionToken: '', phoneNumber: '', purpose: '' }, this.newTimeout()));
  }

  private async checkLimits(): Promise<PhoneVerifyHealth['limits']> {
    const store = this.find<LimitStore>(PHONE_VERIFY_LIMIT_STORE);
    if (store === undefined) return 'not configured';
    const now = this.find<Clock>(PHONE_VERIFY_CLOCK)?.now() ?? Date.now();
    return upIf(async () => store.read(['health'], now, this.newTimeout()));
  }

  /** Each read has the time limit of one request. */
  private newTimeout(): StorageTimeout {
    const options = this.find<ResolvedPhoneVerifyOptions>(PHONE_VERIFY_OPTIONS);
    return new StorageTimeout(options?.storage.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  private find<T>(token: Type<T> | symbol): T | undefined {
    try {
      return this.moduleRef.get<T, T>(token, { strict: false });
    } catch {
      return undefined;
    }
  }
}

async function upIf(read: () => Promise<unknown>): Promise<'up' | 'down'> {
  try {
    await read();
    return 'up';
  } catch {
    return 'down';
  }
}
