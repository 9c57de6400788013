import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { BaseBackend } from '../backends/base.backend.js';
import { openBreakersOf } from '../backends/module-aware.backend.js';
import type { Clock } from '../common/clock.js';
import { StorageTimeout } from '../common/storage-timeout.js';
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

/** For a check in an application whose options cannot be found, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * What a health check tells. No address, no number and no text of an error.
 *
 * @publicApi
 */
export interface PhoneVerifyHealth extends Readonly<Record<string, unknown>> {
  /** Whether the table of the sessions answers. */
  readonly database: 'up' | 'down';
  /** Whether the counters of the limits answer. */
  readonly limits: 'up' | 'down' | 'not configured';
  /** Backends inside a failover that are left alone for now. They make nothing `down`: the next backend sends. */
  readonly openBreakers: readonly string[];
}

/**
 * Tells `@nestjs/terminus` whether codes can be sent and checked. Sends no message. Put it into the `providers` of the
 * module that checks the application's health.
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
   * `down` when the database or the store of the limits does not answer.
   *
   * @param key - Name in the answer of the health check.
   */
  async isHealthy(key = 'phone-verify'): Promise<HealthIndicatorResult<string, 'up' | 'down', PhoneVerifyHealth>> {
    const [database, limits] = await Promise.all([this.askDatabase(), this.askLimits()]);
    const backend = this.find<BaseBackend<unknown>>(PHONE_VERIFY_BACKEND);
    const health = { database, limits, openBreakers: backend === undefined ? [] : openBreakersOf(backend) };
    const indicator = this.healthIndicators.check(key);
    return database === 'down' || limits === 'down' ? indicator.down(health) : indicator.up(health);
  }

  /** Looks for a session that cannot be there: that asks for the table as well. */
  private async askDatabase(): Promise<'up' | 'down'> {
    const store = this.find(VerificationStore);
    return upIf(async () => store?.find({ sessionToken: '', phoneNumber: '', purpose: '' }, this.newTimeout()));
  }

  private async askLimits(): Promise<PhoneVerifyHealth['limits']> {
    const store = this.find<LimitStore>(PHONE_VERIFY_LIMIT_STORE);
    if (store === undefined) return 'not configured';
    const now = this.find<Clock>(PHONE_VERIFY_CLOCK)?.now() ?? Date.now();
    return upIf(async () => store.read(['health'], now, this.newTimeout()));
  }

  /** Each question has the time of one request. */
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

async function upIf(ask: () => Promise<unknown>): Promise<'up' | 'down'> {
  try {
    await ask();
    return 'up';
  } catch {
    return 'down';
  }
}
