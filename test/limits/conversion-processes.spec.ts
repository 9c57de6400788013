import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LimitOptions, RateLimitedError } from '../../lib/index.js';
import type { TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import type { RemoteApplication } from '../support/remote-application.js';
import { sharedStores, startTwoProcesses, type TwoProcesses } from '../support/two-processes.js';

const LIMITS: LimitOptions = { ...NO_LIMITS, conversion: { minimumSent: 10, blockSeconds: 600, mode: 'enforce' } };

function numbersOf(areaCode: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `+1${areaCode}5550${String(100 + index)}`);
}

describe.each(sharedStores)('the conversion guard of two processes that count in $name', (store) => {
  let processes: TwoProcesses;
  let here: TestApplication;
  let there: RemoteApplication;

  beforeAll(async () => {
    processes = await startTwoProcesses(store, { limits: LIMITS });
    ({ here, there } = processes);
  }, 60_000);

  afterAll(async () => {
    await processes.close();
  });

  async function sendHere(phoneNumber: string): Promise<'sent' | 'rate_limited'> {
    here.clock.set(Date.now());
    try {
      await here.service.sendSecurityCode(phoneNumber);
      return 'sent';
    } catch (error) {
      if (error instanceof RateLimitedError) return 'rate_limited';
      throw error;
    }
  }

  it('blocks a prefix in both processes once their sends together reach the minimum', async () => {
    for (const number of numbersOf(415, 5)) expect(await sendHere(number)).toBe('sent');
    await here.exchangeConversion();
    expect(await there.sendAll(numbersOf(415, 5))).toEqual(Array.from({ length: 5 }, () => 'sent'));

    await expect
      .poll(
        async () => {
          await here.exchangeConversion();
          return (await here.service.describePhone('+14155550199')).conversionBlockedUntil !== undefined;
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe(true);

    expect(await sendHere('+14155550199')).toBe('rate_limited');
    expect(await there.sendAll(['+14155550199', '+12125550199'])).toEqual(['rate_limited', 'sent']);
  });

  it('applies a block in the process that sent too little to cause it', async () => {
    for (const number of numbersOf(310, 10)) await sendHere(number);
    await here.exchangeConversion();

    let sent = 0;
    await expect
      .poll(
        async () => {
          const [outcome] = await there.sendAll(['+13105550199']);
          if (outcome === 'sent') sent += 1;
          return outcome;
        },
        { timeout: 20_000, interval: 400 },
      )
      .toBe('rate_limited');
    // With fewer than ten sends, its own counts cannot have caused the block.
    expect(sent).toBeLessThan(10);
  });
});
