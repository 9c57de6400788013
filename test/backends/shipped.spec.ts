import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BaseBackend,
  ConsoleBackend,
  PhoneVerifyConfigurationError,
  SandboxBackend,
  SmsDeliveryError,
} from '../../lib/index.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  Logger.overrideLogger(false);
});

describe.each([SandboxBackend, ConsoleBackend])('%o', (Backend) => {
  it.each(['production', 'staging', 'Production', 'prod'])('does not start with NODE_ENV=%s', (environment) => {
    vi.stubEnv('NODE_ENV', environment);

    expect(() => new Backend({})).toThrow(PhoneVerifyConfigurationError);
    expect(() => new Backend({ allowInProduction: true })).not.toThrow();
  });

  it.each(['test', 'development'])('starts silently with NODE_ENV=%s', (environment) => {
    vi.stubEnv('NODE_ENV', environment);
    const logs = new RecordedLogs();
    Logger.overrideLogger(logs);

    expect(() => new Backend({})).not.toThrow();
    expect(logs.lines).toEqual([]);
  });

  it.each(['', undefined])('starts with a warning with NODE_ENV=%j', (environment) => {
    vi.stubEnv('NODE_ENV', environment);
    const logs = new RecordedLogs();
    Logger.overrideLogger(logs);

    expect(() => new Backend({})).not.toThrow();
    expect(logs.text).toContain(`warn: ${Backend.name} sends no message`);
  });
});

describe('SandboxBackend', () => {
  it('keeps the messages and returns the last code', async () => {
    const sandbox = new SandboxBackend({});
    expect(sandbox.lastCode(NUMBER)).toBeUndefined();

    await sandbox.sendSms(NUMBER, 'Your code is 123456');
    await sandbox.sendSms(OTHER_NUMBER, 'A notice');

    expect(sandbox.outbox).toEqual([
      { to: NUMBER, message: 'Your code is 123456', sentAt: expect.any(Date) },
      { to: OTHER_NUMBER, message: 'A notice', sentAt: expect.any(Date) },
    ]);
    expect(sandbox.lastCode(NUMBER)).toBe('123456');
    expect(sandbox.lastCode(OTHER_NUMBER)).toBeUndefined();
    sandbox.clear();
    expect(sandbox.outbox).toEqual([]);
    expect(sandbox.lastCode(NUMBER)).toBeUndefined();
  });

  it('keeps the last thousand messages', async () => {
    const sandbox = new SandboxBackend({});
    for (let index = 0; index < 1001; index++) await sandbox.sendSms(NUMBER, String(index));

    expect(sandbox.outbox).toHaveLength(1000);
    expect(sandbox.outbox[0]?.message).toBe('1');
  });

  it('uses the code of its options', () => {
    expect(new SandboxBackend({ sandboxToken: '0000' }).generateSecurityCode()).toBe('0000');
  });

  it.each(['123', 'x'.repeat(33), '12 34', 'äöüß', '', 123456 as never])(
    'does not start with the code %j',
    (sandboxToken) => {
      expect(() => new SandboxBackend({ sandboxToken })).toThrow('options.sandboxToken');
    },
  );
});

it('ConsoleBackend prints the message', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);

  await new ConsoleBackend({}).sendSms(NUMBER, 'Your code is 123456');

  expect(write).toHaveBeenCalledWith(`Text message to ${NUMBER}:\nYour code is 123456\n`);
});

describe('BaseBackend', () => {
  class KeyBackend extends BaseBackend<{ key: string }> {
    readonly #failing = new Set([OTHER_NUMBER]);
    readonly secret = this.options.key;
    atOnce = 0;
    most = 0;

    async sendSms(number: string): Promise<{ backend: string } | undefined> {
      this.most = Math.max(this.most, ++this.atOnce);
      await Promise.resolve();
      this.atOnce--;
      if (this.#failing.has(number)) throw new Error('no');
      return number === NUMBER ? { backend: 'own' } : undefined;
    }
  }

  it('shows only its name when it is printed', () => {
    const backend = new KeyBackend({ key: 'credential' });

    expect(inspect(backend, { depth: 5, showHidden: false })).toBe('KeyBackend {}');
    expect(JSON.stringify({ backend })).toBe('{"backend":{"backend":"KeyBackend"}}');
  });

  it('sends to many numbers a few at a time, tries every number and returns each outcome', async () => {
    const backend = new KeyBackend({ key: 'credential' });
    const numbers = [NUMBER, OTHER_NUMBER, ...Array.from({ length: 20 }, (_, index) => `+1415555${1000 + index}`)];

    const results = await backend.sendBulkSms(numbers, 'A notice');

    expect(results).toMatchObject([
      { number: NUMBER, receipt: { backend: 'own' } },
      { number: OTHER_NUMBER, error: { kind: 'unknown' } },
      ...numbers.slice(2).map((number) => ({ number, receipt: { backend: 'KeyBackend' } })),
    ]);
    expect(backend.most).toBe(5);
  });

  it('keeps the kind of an SmsDeliveryError in a bulk send', async () => {
    const rejected = new SmsDeliveryError('rejected', 'no');
    class RejectingBackend extends BaseBackend {
      override async sendSms(): Promise<void> {
        throw rejected;
      }
    }

    expect(await new RejectingBackend({}).sendBulkSms([NUMBER], 'x')).toEqual([{ number: NUMBER, error: rejected }]);
  });
});
