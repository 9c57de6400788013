import { type CanActivate, type ExecutionContext, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  ClientIdentity,
  IdentifyClient,
  IncomingRequest,
  PhoneVerifyModuleOptions,
  SendToAuthorize,
} from '../../lib/index.js';
import { ADAPTERS, type Adapter, connectFrom, startApplication, type TestApplication } from '../support/application.js';
import { NO_LIMITS } from '../support/limits.js';
import { RecordedLogs } from '../support/logs.js';
import { NUMBER, openSession, post, register, resend, CORRECT_CODE, verify } from '../support/requests.js';

/** A request on which a guard of the application recorded who is signed in. */
interface SignedInRequest extends IncomingRequest {
  user?: { readonly id: string };
}

/** Signs in whom the header names, as an application does after it has checked a session. */
const guard: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const { authorization } = request.headers;
    if (typeof authorization === 'string') request.user = { id: authorization };
    return true;
  },
};

@Module({ providers: [{ provide: APP_GUARD, useValue: guard }] })
class SignInModule {}

const ADAPTER_ADDRESS = '127.0.0.1';
const CDN_EDGE = '198.51.100.1';
const CLIENT = '203.0.113.7';

let test: TestApplication;
let seen: Pick<SendToAuthorize, 'ip' | 'subject'>[];
const logger = new RecordedLogs();

async function start(
  adapter: Adapter,
  identifyClient: IdentifyClient | undefined,
  phoneVerify: Partial<PhoneVerifyModuleOptions> = {},
): Promise<void> {
  seen = [];
  logger.lines.length = 0;
  test = await startApplication({
    adapter,
    logger,
    imports: [SignInModule],
    phoneVerify: {
      identifyClient,
      authorizeSend: ({ ip, subject }) => seen.push({ ip, subject }) > 0,
      ...phoneVerify,
    },
  });
}

/** As the application wrote it without types. */
function returning(identity: unknown): IdentifyClient {
  return () => identity as ClientIdentity;
}

function failing(): never {
  throw new Error('boom');
}

const errorLines = (): string[] => logger.lines.filter((line) => line.startsWith('error: '));

afterEach(() => test.close());

describe.each(ADAPTERS)('identifyClient, on %s', (adapter) => {
  it('chooses the address by a header of the CDN that the application trusts', async () => {
    await start(adapter, ({ ip, headers: { 'cf-connecting-ip': client } }) =>
      ip === CDN_EDGE && typeof client === 'string' ? { ip: client } : {},
    );
    connectFrom(test, CDN_EDGE);
    const send = (client: string) => register(test.app).set('CF-Connecting-IP', client).expect(200);

    await send('203.0.113.7');
    await send('::ffff:203.0.113.8');
    await send('2001:db8::1');

    expect(seen.map(({ ip }) => ip)).toEqual(['203.0.113.7', '203.0.113.8', '2001:db8::1']);
    expect(logger.text).not.toMatch(/CDN|identifyClient/);
  });

  it('chooses the subject by the user whom a guard found, for a register and a resend', async () => {
    await start(adapter, ({ user }: SignedInRequest) => ({ subject: user?.id }));

    const { body } = await register(test.app).set('Authorization', 'ada').expect(200);
    await resend(test.app, NUMBER, body.session_token).set('Authorization', 'grace').expect(200);
    await register(test.app).expect(200);

    expect(seen).toEqual([
      { ip: ADAPTER_ADDRESS, subject: 'ada' },
      { ip: ADAPTER_ADDRESS, subject: 'grace' },
      { ip: ADAPTER_ADDRESS, subject: undefined },
    ]);
    expect(errorLines()).toEqual([]);
  });

  it('can return a promise', async () => {
    await start(adapter, async () => ({ ip: '203.0.113.7', subject: 'ada' }));

    await register(test.app).expect(200);

    expect(seen).toEqual([{ ip: '203.0.113.7', subject: 'ada' }]);
    expect(errorLines()).toEqual([]);
  });

  it.each<[string, IdentifyClient, { ip: string; subject: string | undefined }]>([
    ['returns nothing', returning(undefined), { ip: ADAPTER_ADDRESS, subject: undefined }],
    ['returns an invalid ip', returning({ ip: 'x', subject: 'ada' }), { ip: ADAPTER_ADDRESS, subject: 'ada' }],
    ['returns an invalid subject', returning({ ip: CLIENT, subject: '' }), { ip: CLIENT, subject: undefined }],
    ['throws', failing, { ip: ADAPTER_ADDRESS, subject: undefined }],
    ['rejects', async () => failing(), { ip: ADAPTER_ADDRESS, subject: undefined }],
  ])('that %s leaves what is missing to the adapter, with one error in the log', async (_fault, faulty, expected) => {
    await start(adapter, faulty);

    for (let index = 0; index < 3; index += 1) await register(test.app).expect(200);

    expect(seen).toEqual([expected, expected, expected]);
    expect(errorLines()).toHaveLength(1);
    expect(errorLines()[0]).toContain('identifyClient: it ');
  });

  it('runs once for each send, and for no check or invalid body', async () => {
    let calls = 0;
    await start(adapter, () => ({ subject: String((calls += 1)) }));

    const sessionToken = await openSession(test.app);
    await verify(test.app, NUMBER, sessionToken, CORRECT_CODE).expect(200);
    await post(test.app, '/phone/register', {}).expect(400);

    expect(calls).toBe(1);
  });

  it('does not serve callers of the service', async () => {
    await start(adapter, returning({ ip: '203.0.113.7', subject: 'ada' }));

    await test.service.sendSecurityCode(NUMBER);

    expect(seen).toEqual([{ ip: undefined, subject: undefined }]);
  });
});

const FORWARDING = ['X-Forwarded-For', 'Forwarded'];
const OTHERS = [
  'CF-Connecting-IP',
  'True-Client-IP',
  'Fastly-Client-IP',
  'X-Azure-ClientIP',
  'X-Real-IP',
  'X-Client-IP',
];

/** An application that takes the CDN's header from the CDN alone, and the subject from the signed-in user. */
function identifyByCdnAndUser({ ip, headers, user }: SignedInRequest): ClientIdentity {
  const client = ip === CDN_EDGE ? headers['cf-connecting-ip'] : undefined;
  return { ip: typeof client === 'string' ? client : undefined, subject: user?.id };
}

const IDENTIFICATIONS: readonly (readonly [string, IdentifyClient | undefined])[] = [
  ['without identifyClient', undefined],
  ['with identifyClient', identifyByCdnAndUser],
];

describe.each(ADAPTERS)('a header that anyone can send, on %s', (adapter) => {
  /** Registers numbers, each with one of the headers and another address in it. Returns how many messages were sent. */
  async function countSent(headers: readonly string[], times: number): Promise<number> {
    for (let index = 0; index < times; index += 1) {
      const header = headers[index % headers.length] ?? '';
      const address = `203.0.113.${index}`;
      const { status } = await register(test.app, `+1415555${String(2000 + index)}`)
        .set('Authorization', 'ada')
        .set(header, header === 'Forwarded' ? `for=${address}` : address);
      expect([200, 429]).toContain(status);
    }
    return test.sandbox.outbox.length;
  }

  describe.each(IDENTIFICATIONS)('%s', (_name, identifyClient) => {
    const startWith = (max: number): Promise<void> =>
      start(adapter, identifyClient, {
        limits: { ...NO_LIMITS, store: 'memory', perIp: [{ max, seconds: 3600 }] },
      });

    it('does not turn perIp off from a public address', async () => {
      await startWith(2);
      connectFrom(test, '203.0.113.250');

      expect(await countSent([...FORWARDING, ...OTHERS], 24)).toBe(2);
    });

    it('does not turn perIp off from a private address unless it is of a proxy', async () => {
      await startWith(2);
      connectFrom(test, '10.0.0.1');

      expect(await countSent(OTHERS, 18)).toBe(2);
    });

    it('of a proxy leaves 50 times its max to perIp from a private address', async () => {
      await startWith(1);
      connectFrom(test, '10.0.0.1');

      expect(await countSent(FORWARDING, 60)).toBe(50);
    });
  });

  it('does not turn perSubject off', async () => {
    const limits = { ...NO_LIMITS, store: 'memory', perSubject: [{ max: 2, seconds: 3600 }] } as const;
    await start(adapter, identifyByCdnAndUser, { limits });

    expect(await countSent([...FORWARDING, ...OTHERS], 24)).toBe(2);
  });
});
