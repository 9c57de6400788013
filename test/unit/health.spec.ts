import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { StorageTimeout } from '../../lib/common/time.js';
import { StorageUnavailableError } from '../../lib/index.js';
import type { LimitStore } from '../../lib/limits/limit.store.js';
import { PHONE_VERIFY_CLOCK, PHONE_VERIFY_LIMIT_STORE } from '../../lib/phone-verify.tokens.js';
import { PhoneVerifyHealthIndicator } from '../../lib/terminus/index.js';
import { VerificationStore } from '../../lib/verification/verification.store.js';

const NOW = 1_700_000_000_000;

async function healthWith(limits: Pick<LimitStore, 'read'> | undefined): Promise<object> {
  const store = limits === undefined ? [] : [{ provide: PHONE_VERIFY_LIMIT_STORE, useValue: limits }];
  const module = await Test.createTestingModule({
    imports: [TerminusModule],
    providers: [
      PhoneVerifyHealthIndicator,
      { provide: VerificationStore, useValue: { find: async () => null } },
      { provide: PHONE_VERIFY_CLOCK, useValue: { now: () => NOW } },
      ...store,
    ],
  }).compile();
  await module.init();
  const { 'phone-verify': result = {} } = await module.get(PhoneVerifyHealthIndicator).isHealthy();
  return result;
}

describe('the health of the limit store', () => {
  it('is up if a read succeeds, which changes nothing', async () => {
    const asked: unknown[] = [];
    const read: LimitStore['read'] = async (...question) => {
      asked.push(question);
      return [];
    };

    expect(await healthWith({ read })).toEqual({ status: 'up', database: 'up', limits: 'up', openBreakers: [] });
    expect(asked).toEqual([[['health'], NOW, expect.any(StorageTimeout)]]);
  });

  it('is down if the read fails, and makes the library down', async () => {
    const read = async (): Promise<never> => {
      throw new StorageUnavailableError({ cause: new Error('redis://secret@host') });
    };

    expect(await healthWith({ read })).toEqual({ status: 'down', database: 'up', limits: 'down', openBreakers: [] });
  });

  it('is not reported if no store is configured', async () => {
    expect(await healthWith(undefined)).toMatchObject({ status: 'up', limits: 'not configured' });
  });
});
