import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LimitOptions, SendOptions } from '../../lib/index.js';
import type { TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import type { RemoteApplication } from '../support/remote-application.js';
import { sharedStores, startTwoProcesses, type TwoProcesses } from '../support/two-processes.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';

const MAX = 6;

const LIMITS: LimitOptions = {
  ...NO_LIMITS,
  perNumber: [{ max: MAX, seconds: 3600 }],
  perCountry: [{ max: 4 * MAX, seconds: 3600 }],
  perSubject: [{ max: MAX, seconds: 3600 }],
};

describe.each(sharedStores)('the limits of two processes, counted on $name,', (store) => {
  let processes: TwoProcesses;
  let here: TestApplication;
  let there: RemoteApplication;

  beforeAll(async () => {
    processes = await startTwoProcesses(store, { limits: LIMITS, storage: { timeoutMs: 20_000 }, poolSize: 12 });
    ({ here, there } = processes);
    await there.setClock(here.clock.now());
  }, 60_000);

  afterAll(async () => {
    await processes.close();
  });

  async function sendFromBoth(phoneNumbers: readonly string[], options: SendOptions = {}): Promise<string[]> {
    const own = Promise.allSettled(
      phoneNumbers.map((phoneNumber) => here.service.sendSecurityCode(phoneNumber, options)),
    );
    const others = there.sendAll(phoneNumbers, options);
    return [
      ...(await own).map((outcome) => (outcome.status === 'fulfilled' ? 'sent' : String(outcome.reason.code))),
      ...(await others),
    ];
  }

  it('let exactly max of many parallel sends to one new number through', async () => {
    const outcomes = await sendFromBoth(Array.from({ length: 2 * MAX }, () => NUMBER));
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(MAX);
    expect(outcomes.filter((outcome) => outcome === 'rate_limited')).toHaveLength(3 * MAX);
  });

  it('count the sends of both processes together', async () => {
    await here.service.sendSecurityCode(OTHER_NUMBER);
    const outcomes = await there.sendAll(Array.from({ length: MAX }, () => OTHER_NUMBER));
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(MAX - 1);
  });

  it('let exactly max through for one subject with many numbers', async () => {
    const numbers = Array.from({ length: 2 * MAX }, (_, index) => `+393381234${String(index).padStart(3, '0')}`);
    const outcomes = await sendFromBoth(numbers, { subject: 'ada' });
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(MAX);
    expect(outcomes.filter((outcome) => outcome === 'rate_limited')).toHaveLength(3 * MAX);
  });

  it('let exactly max through for numbers that share a limit, a tenth of them own numbers', async () => {
    const reserved = Math.floor((4 * MAX) / 10);
    const numbers = Array.from({ length: 2 * MAX + 6 }, (_, index) => `+336123456${String(index).padStart(2, '0')}`);
    const outcomes = await sendFromBoth(numbers);
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(4 * MAX - reserved);
    expect(new Set(outcomes)).toEqual(new Set(['sent', 'rate_limited']));
    const own = await Promise.allSettled(
      numbers.slice(0, 5).map((number) => here.service.sendSecurityCode(number, { ownNumber: true })),
    );
    expect(own.filter(({ status }) => status === 'fulfilled')).toHaveLength(reserved);
  });
});
