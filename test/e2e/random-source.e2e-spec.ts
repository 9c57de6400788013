import { afterEach, expect, it, vi } from 'vitest';
import { BaseBackend, RandomSourceError, SMSVerification } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { NUMBER, register } from '../support/requests.js';

const failing = vi.hoisted(() => ({ source: '' }));

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const unless =
    <Parameters extends unknown[], Result>(name: string, draw: (...parameters: Parameters) => Result) =>
    (...parameters: Parameters): Result => {
      if (failing.source === name) throw new Error('the entropy is gone');
      return draw(...parameters);
    };
  return {
    ...crypto,
    randomInt: unless('randomInt', (limit: number) => crypto.randomInt(limit)),
    randomBytes: unless('randomBytes', (length: number) => crypto.randomBytes(length)),
    randomUUID: unless('randomUUID', () => crypto.randomUUID()),
  };
});

afterEach(() => {
  failing.source = '';
});

it.each(['randomInt', 'randomBytes', 'randomUUID'])(
  'no session is opened and no message sent if %s fails',
  async (source) => {
    const sent: string[] = [];
    class KeepingBackend extends BaseBackend {
      override async sendSms(number: string): Promise<void> {
        sent.push(number);
      }
    }
    const test = await startApplication({ phoneVerify: { backend: KeepingBackend } });

    failing.source = source;
    await expect(test.service.sendSecurityCode(NUMBER)).rejects.toThrow(RandomSourceError);
    const { status, body } = await register(test.app);
    failing.source = '';

    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'service_unavailable' } });
    expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(0);
    expect(sent).toEqual([]);
    await test.close();
  },
);

it('no step of the flow calls Math.random', async () => {
  const test = await startApplication({
    phoneVerify: {
      backend: class extends BaseBackend {
        override async sendSms(): Promise<void> {}
      },
    },
  });
  const random = vi.spyOn(Math, 'random');

  const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
  await test.service.resendSecurityCode(NUMBER, sessionToken);
  await test.service.verifySecurityCode(NUMBER, '0', sessionToken);

  expect(random).not.toHaveBeenCalled();
  random.mockRestore();
  await test.close();
});
