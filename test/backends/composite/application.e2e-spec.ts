import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FailoverBackend,
  RoutingBackend,
  SandboxBackend,
  SmsDeliveryError,
  SMSVerification,
  VerificationStatus,
} from '../../../lib/index.js';
import { type ApplicationOptions, startApplication, type TestApplication } from '../../support/application.js';
import { fails, hangs, pass, type ScriptedBackend, scripted, stopTime } from '../../support/composites.js';
import { HookedBackend } from '../../support/hooked.js';
import { RecordedLogs } from '../../support/logs.js';
import { NUMBER, OTHER_NUMBER, register, resend, verify } from '../../support/requests.js';

let application: TestApplication | undefined;
let logs: RecordedLogs;

beforeEach(() => {
  logs = new RecordedLogs();
});

afterEach(async () => {
  vi.useRealTimers();
  await application?.close();
  application = undefined;
  Logger.overrideLogger(false);
});

async function start(phoneVerify: NonNullable<ApplicationOptions['phoneVerify']>): Promise<TestApplication> {
  application = await startApplication({ phoneVerify, logger: logs });
  Logger.overrideLogger(logs);
  return application;
}

function startFailover(...backends: readonly ScriptedBackend[]): Promise<TestApplication> {
  return start({ backend: FailoverBackend, options: { backends: backends.map((backend) => ({ backend })) } });
}

function codeIn(backend: ScriptedBackend): string {
  return backend.handed.at(-1)?.message.match(/\d{6}/)?.[0] ?? '';
}

function rows({ dataSource }: TestApplication): Promise<SMSVerification[]> {
  return dataSource.getRepository(SMSVerification).find();
}

describe('a verification through a failover', () => {
  it('is one row with one send, and names the backend that sent the message', async () => {
    const [first, second] = [scripted('First', fails('unknown')), scripted('Second', () => ({ messageId: 'm-1' }))];
    const { app, ...rest } = await startFailover(first, second);

    const { body } = await register(app).expect(200);

    expect(await rows({ app, ...rest })).toEqual([
      expect.objectContaining({ backend: 'Second', messageId: 'm-1', sendCount: 1 }),
    ]);
    expect(first.handed[0]?.message).toBe(second.handed[0]?.message);
    await verify(app, NUMBER, body.session_token, codeIn(first)).expect(200);
  });

  it('tries the next backend when the first hangs, within the deadline', async () => {
    const [first, second] = [scripted('First', hangs), scripted('Second')];
    const { service } = await startFailover(first, second);
    stopTime();

    const sending = service.sendSecurityCode(NUMBER);
    await pass(5000);

    expect(await sending).toMatchObject({ phoneNumber: NUMBER });
    expect(second.handed[0]?.message).toBe(first.handed[0]?.message);
    expect(logs.text).toContain('warn: First could not send to +141******71: unknown: No response within 5000 ms.');
  });

  it('keeps its session when all are down, and a resend sends the same code later', async () => {
    const backends = [scripted('First', fails('unavailable')), scripted('Second', fails('misconfigured'))];
    const { app, ...rest } = await startFailover(...backends);

    const { body } = await register(app).expect(502);
    expect(body).toMatchObject({ code: 'sms_delivery_failed', session_token: expect.any(String), code_length: 6 });
    const code = codeIn(backends[0]!);
    for (const backend of backends) backend.behave = () => undefined;
    rest.clock.advance(60);
    await resend(app, NUMBER, body.session_token).expect(200);

    expect(codeIn(backends[0]!)).toBe(code);
    expect(await rows({ app, ...rest })).toEqual([expect.objectContaining({ backend: 'First', sendCount: 1 })]);
    await verify(app, NUMBER, body.session_token, code).expect(200);
  });

  it('sends each resend through another provider, with the same code', async () => {
    const backends = [scripted('Gateway'), scripted('Gateway')];
    const { app, ...rest } = await startFailover(...backends);

    const { body } = await register(app).expect(200);
    for (const backend of ['Gateway#2', 'Gateway', 'Gateway#2']) {
      rest.clock.advance(60);
      await resend(app, NUMBER, body.session_token).expect(200);
      expect(await rows({ app, ...rest })).toEqual([expect.objectContaining({ backend })]);
    }

    expect(backends.map(({ handed }) => handed.map(({ send }) => send?.sendNumber))).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(codeIn(backends[0]!)).toBe(codeIn(backends[1]!));
  });

  it('throws what its caller needs for a resend, and shows no code', async () => {
    const { service } = await startFailover(
      scripted('First', (send) => {
        throw new SmsDeliveryError('throttled', `no: ${String(send?.sendId)}`, { retryAfterSeconds: 10 ** 9 });
      }),
    );

    const error: unknown = await service.sendSecurityCode(NUMBER).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ kind: 'throttled', retryAfterSeconds: 3600 });
    expect(error).toMatchObject({ sent: { sessionToken: expect.any(String), phoneNumber: NUMBER } });
    expect(Object.keys(error as object)).not.toContain('sent');
  });

  it('logs every failure masked, without the code that a provider repeats', async () => {
    const repeats = scripted('First', () => {
      throw new Error(`could not send "${repeats.handed.at(-1)?.message}" to ${NUMBER}`);
    });
    const { service } = await startFailover(repeats, scripted('Second', fails('misconfigured')));

    await expect(service.sendSecurityCode(NUMBER)).rejects.toThrow(SmsDeliveryError);

    expect(logs.lines.filter((line) => line.includes('could not send'))).toEqual([
      expect.stringMatching(/^warn: First could not send to \+141\*{6}71: unknown: .*redacted/),
      expect.stringMatching(/^error: Second could not send to \+141\*{6}71: misconfigured/),
      expect.stringMatching(/^warn: FailoverBackend could not send to \+141\*{6}71: unknown/),
    ]);
    expect(logs.text).not.toContain(codeIn(repeats));
    expect(logs.text).not.toContain(NUMBER.slice(1));
  });

  it('sends bulk with a result for every number, as it was written', async () => {
    const first = scripted('First', (_send, number) => (number === NUMBER ? fails('rejected')(_send, number) : 0));
    const { service } = await startFailover(first, scripted('Second'));

    expect(await service.sendBulkSms([NUMBER, 'x', OTHER_NUMBER, OTHER_NUMBER], 'notice')).toEqual([
      { number: NUMBER, error: expect.objectContaining({ kind: 'rejected' }) },
      { number: 'x', error: expect.objectContaining({ kind: 'rejected' }) },
      { number: OTHER_NUMBER, receipt: { backend: 'First' } },
      { number: OTHER_NUMBER, receipt: { backend: 'First' } },
    ]);
  });
});

describe('the failures inside a composite', () => {
  /** A failover whose first backend fails, repeating a code that has no digits. */
  class Lettered extends FailoverBackend {
    override generateSecurityCode(): string {
      return 'TRUSTNO';
    }
  }
  const failing = scripted('First', () => {
    throw new SmsDeliveryError('unavailable', 'Bad word: TRUSTNO');
  });
  const backends = [{ backend: failing }, { backend: scripted('Second') }];

  it.each([
    ['a failover', { backend: Lettered, options: { backends } }],
    [
      'a failover in a routing',
      {
        backend: class extends RoutingBackend {
          override generateSecurityCode(): string {
            return 'TRUSTNO';
          }
        },
        options: { routes: [], otherwise: { backend: FailoverBackend, options: { backends } } },
      },
    ],
  ])('of %s are logged once each without the code, also one without digits', async (_name, phoneVerify) => {
    const { service } = await start(phoneVerify);

    await service.sendSecurityCode(NUMBER);

    expect(logs.lines.filter((line) => line.includes('could not send'))).toEqual([
      expect.stringMatching(/^warn: First could not send to \+141\*{6}71: unavailable: Bad word: \[redacted\]/),
    ]);
  });

  it('are not hidden from a subclass that overrides sendSms', async () => {
    const seen: string[] = [];
    class Audited extends FailoverBackend {
      override async sendSms(...send: Parameters<FailoverBackend['sendSms']>): ReturnType<FailoverBackend['sendSms']> {
        const receipt = await super.sendSms(...send);
        seen.push(receipt.backend);
        return receipt;
      }
    }
    const { service } = await start({ backend: Audited, options: { backends } });

    await service.sendSecurityCode(NUMBER);

    expect(seen).toEqual(['Second']);
    expect(logs.text).toContain('First could not send to +141******71: unavailable');
  });
});

describe('a verification through a routing', () => {
  it('uses the backend for the country of the number, also in bulk', async () => {
    const [britain, otherwise] = [scripted('Britain'), scripted('Otherwise')];
    const { service, ...rest } = await start({
      backend: RoutingBackend,
      options: { routes: [{ countries: ['GB'], backend: britain }], otherwise: { backend: otherwise } },
    });

    await service.sendSecurityCode(OTHER_NUMBER);
    await service.sendSecurityCode(NUMBER);

    const sent = (await rows({ service, ...rest })).map(({ phoneNumber, backend }) => [phoneNumber, backend]);
    expect(Object.fromEntries(sent)).toEqual({ [OTHER_NUMBER]: 'Britain', [NUMBER]: 'Otherwise' });
    expect(await service.sendBulkSms([NUMBER, OTHER_NUMBER], 'notice')).toEqual([
      { number: NUMBER, receipt: { backend: 'Otherwise' } },
      { number: OTHER_NUMBER, receipt: { backend: 'Britain' } },
    ]);
  });
});

describe('the hooks of backends', () => {
  class WithHooks extends SandboxBackend {
    override generateSecurityCode(): string {
      return 'INNER1';
    }

    override generateMessage(): string {
      return 'inner';
    }

    override validateSecurityCode(): { status: VerificationStatus } {
      return { status: VerificationStatus.Valid };
    }
  }

  it('inside a composite are not called', async () => {
    const inner = new WithHooks({});
    const { service } = await start({ backend: FailoverBackend, options: { backends: [{ backend: inner }] } });

    const { sessionToken } = await service.sendSecurityCode(NUMBER);

    expect(inner.outbox[0]?.message).toMatch(/Acme.* \d{6}/);
    expect(await service.verifySecurityCode(NUMBER, 'INNER1', sessionToken)).toMatchObject({
      status: VerificationStatus.Invalid,
    });
  });

  it('of the composite itself are called', async () => {
    class Own extends FailoverBackend {
      override generateSecurityCode(): string {
        return 'OUTER1';
      }

      override generateMessage(code: string): string {
        return `outer ${code}`;
      }
    }
    const inner = new WithHooks({});
    const { service } = await start({ backend: Own, options: { backends: [{ backend: inner }] } });

    const { sessionToken } = await service.sendSecurityCode(NUMBER);

    expect(inner.outbox[0]?.message).toBe('outer OUTER1');
    expect(await service.verifySecurityCode(NUMBER, 'OUTER1', sessionToken)).toMatchObject({
      status: VerificationStatus.Valid,
    });
  });
});

describe("Nest's start and shutdown hooks", () => {
  const EVERY_HOOK_ONCE = ['init', 'bootstrap', 'destroy', ['before shutdown', undefined], ['shutdown', undefined]];

  it('reach every backend inside once, also one that is in several places', async () => {
    const [shared, alone, provided] = [new HookedBackend({}), new HookedBackend({}), new HookedBackend({})];
    class ProvidingModule {}
    const options = {
      routes: [
        {
          countries: ['GB'],
          backend: FailoverBackend,
          options: { backends: [{ backend: shared }, { backend: alone }], deadlineMs: 10_000 },
        },
        {
          countries: ['IN'],
          backend: FailoverBackend,
          options: { backends: [{ backend: { useExisting: 'PROVIDED' } }, { backend: shared }], deadlineMs: 10_000 },
        },
      ],
      otherwise: { backend: shared },
    };
    const started = await startApplication({
      phoneVerify: { backend: RoutingBackend, options },
      imports: [{ module: ProvidingModule, providers: [{ provide: 'PROVIDED', useValue: provided }] }],
    });
    expect(shared.hooks).toEqual(['init', 'bootstrap']);

    await started.close();

    for (const { hooks } of [shared, alone, provided]) expect(hooks).toEqual(EVERY_HOOK_ONCE);
  });

  it('pass on the signal that ends the process', async () => {
    const inner = new HookedBackend({});
    const backend = new FailoverBackend({ backends: [{ backend: inner }] });

    await backend.beforeApplicationShutdown('SIGTERM');
    await backend.onApplicationShutdown('SIGTERM');

    expect(inner.hooks).toEqual([
      ['before shutdown', 'SIGTERM'],
      ['shutdown', 'SIGTERM'],
    ]);
  });

  it("reach the backends inside through a nested composite's own", async () => {
    const inner = new HookedBackend({});
    const seen: string[] = [];
    class Own extends RoutingBackend {
      override async onModuleInit(): Promise<void> {
        seen.push('own');
        await super.onModuleInit();
      }
    }
    await start({
      backend: FailoverBackend,
      options: { backends: [{ backend: Own, options: { routes: [], otherwise: { backend: inner } } }] },
    });

    expect(seen).toEqual(['own']);
    expect(inner.hooks).toEqual(['init', 'bootstrap']);
  });

  it('stop the start when one of them fails, after all have settled', async () => {
    const done: string[] = [];
    class Broken extends HookedBackend {
      override onModuleInit(): void {
        throw new Error('no SDK');
      }
    }
    class Slow extends HookedBackend {
      override async onModuleInit(): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        done.push('slow');
      }
    }
    const backend = new FailoverBackend({ backends: [{ backend: new Broken({}) }, { backend: new Slow({}) }] });

    await expect(backend.onModuleInit()).rejects.toThrow('no SDK');
    expect(done).toEqual(['slow']);
  });
});
