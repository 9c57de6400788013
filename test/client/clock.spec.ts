import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PhoneVerifyClient } from '../../lib/client/index.js';
import { MemoryStorage, PlayedServer, SENT } from './played-server.js';

const NUMBER = '+4915123456789';
const HOUR_MS = 3_600_000;

let server: PlayedServer;
let storage: MemoryStorage;

beforeEach(() => {
  vi.useFakeTimers();
  server = new PlayedServer();
  storage = new MemoryStorage();
  server.answer([200, { ...SENT, phone_number: NUMBER }]);
});

afterEach(() => {
  vi.useRealTimers();
});

/** A client of a page of the same tab, which is loaded now. */
function load(): PhoneVerifyClient {
  return new PhoneVerifyClient({ fetch: server.fetch, storage });
}

async function openSession(): Promise<PhoneVerifyClient> {
  const client = load();
  await client.register(NUMBER);
  return client;
}

/** Moves the clock, while no time passes. */
function setClock(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds);
}

describe.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('a clock that is set %s by an hour', (_direction, change) => {
  it('changes no countdown', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(10_000);

    setClock(change);

    expect(client.session).toMatchObject({ expiresIn: 590, resendIn: 20 });
    vi.advanceTimersByTime(10_000);
    expect(client.session).toMatchObject({ expiresIn: 580, resendIn: 10 });
  });

  it('ends no session at a reload after it', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(10_000);
    setClock(change);
    // The element shows the countdown each second.
    expect(client.session).toBeDefined();

    expect(load().session).toMatchObject({ expiresIn: 590, resendIn: 20 });
  });

  it('does not change a later resend', async () => {
    const client = await openSession();
    setClock(change);

    await client.register(NUMBER);
    expect(server.paths).toEqual(['/phone/register']);
    vi.advanceTimersByTime(30_000);
    await client.register(NUMBER);

    expect(server.paths).toEqual(['/phone/register', '/phone/resend']);
  });
});

describe('whether the seconds are exact', () => {
  it.each([
    ['is unknown once the clock has jumped forward, because the computer may have slept', HOUR_MS, false],
    ['does not depend on a clock that was set back', -HOUR_MS, true],
    ['does not depend on a clock that is corrected by less than a second', 900, true],
  ])('%s', async (_name, change, isTimeExact) => {
    const client = await openSession();
    expect(client.session?.isTimeExact).toBe(true);

    setClock(change);

    expect(client.session).toMatchObject({ expiresIn: 600, isTimeExact });
    expect(load().session).toMatchObject({ expiresIn: 600, isTimeExact });
  });

  it('stays unknown until another message is sent', async () => {
    const client = await openSession();
    setClock(HOUR_MS);
    expect(client.session?.isTimeExact).toBe(false);
    setClock(-HOUR_MS);
    expect(client.session?.isTimeExact).toBe(false);

    vi.advanceTimersByTime(30_000);
    await client.resend();

    expect(client.session?.isTimeExact).toBe(true);
  });
});

describe('a computer that slept, in a browser that measures that time', () => {
  it('shows the time that is left when it wakes up', async () => {
    const client = await openSession();

    vi.advanceTimersByTime(200_000);

    expect(client.session).toMatchObject({ expiresIn: 400, resendIn: 0 });
  });

  it('has no session any more after the code expired, but the server decides about a code', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(HOUR_MS);
    server.answer([200, { phone_number: NUMBER, verification_token: 'token-1' }]);

    expect(client.session).toBeUndefined();
    await expect(client.verify('123456')).resolves.toMatchObject({ verificationToken: 'token-1' });
  });
});

describe('a page that comes back from the cache of the browser', () => {
  it('has no session that another page of the tab has ended', async () => {
    const cached = await openSession();

    load().forget();

    expect(cached.session).toBeUndefined();
  });

  it('has the session that another page of the tab has opened since', async () => {
    const cached = await openSession();
    const other = load();
    vi.advanceTimersByTime(20_000);
    server.answer([200, { ...SENT, session_token: 'session-2', phone_number: '+447400123456' }]);
    await other.register('+447400123456');
    vi.advanceTimersByTime(10_000);

    expect(cached.session).toMatchObject({ phoneNumber: '+447400123456', expiresIn: 590, resendIn: 20 });
    await cached.verify('123456').catch(() => undefined);
    expect(server.requests.at(-1)?.body).toMatchObject({ session_token: 'session-2' });
  });
});

describe('two tabs', () => {
  it('do not disturb each other: each has a session of its own, also for the same number', async () => {
    const one = await openSession();
    server.answer([200, { ...SENT, session_token: 'session-2', phone_number: NUMBER }]);
    const other = new PhoneVerifyClient({ fetch: server.fetch, storage: new MemoryStorage() });

    await other.register(NUMBER);
    await one.verify('123456').catch(() => undefined);
    await other.verify('123456').catch(() => undefined);

    expect(server.requests.slice(-2).map(({ body }) => body)).toMatchObject([
      { session_token: 'session-1' },
      { session_token: 'session-2' },
    ]);
  });
});
