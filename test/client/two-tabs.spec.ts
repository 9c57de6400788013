import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PhoneVerifyClient } from '../../lib/client/index.js';
import { failure, MemoryStorage, type PlayedAnswer, PlayedServer, SENT } from './played-server.js';

const NUMBER = '+4915123456789';
const OTHER_NUMBER = '+4915123456780';
const LIMITED = failure(429, 'rate_limited', { retry_after: 30 });

const opened: PhoneVerifyClient[] = [];

/** The client of a new tab, of whose server the first answer is given. */
function openTab(...answers: readonly PlayedAnswer[]): PhoneVerifyClient {
  const server = new PlayedServer();
  server.answer(...answers);
  const client = new PhoneVerifyClient({ baseUrl: '/tabs', fetch: server.fetch, storage: new MemoryStorage() });
  opened.push(client);
  return client;
}

async function openTabWithSession(): Promise<PhoneVerifyClient> {
  const tab = openTab([200, { ...SENT, phone_number: NUMBER }]);
  await tab.register(NUMBER);
  return tab;
}

beforeEach(() => {
  // Channels are used in pages only.
  vi.stubGlobal('document', {});
});

afterEach(() => {
  // Each closes its channel.
  for (const client of opened.splice(0)) client.forget();
  vi.unstubAllGlobals();
});

describe('a tab whose message is refused for a while', () => {
  it('continues the session that another tab has for the number', async () => {
    await openTabWithSession();
    const second = openTab(LIMITED);

    const session = await second.register(NUMBER);

    expect(session).toMatchObject({ phoneNumber: NUMBER, isSent: true });
    expect(second.session).toEqual(session);
  });

  it('finds it in any spelling, and passes it on', async () => {
    await openTabWithSession();
    await openTab(LIMITED).register('0049 1512 3456789');
    opened[0]?.forget();

    expect(await openTab(LIMITED).register(NUMBER)).toMatchObject({ phoneNumber: NUMBER });
  });

  it.each([
    { of: 'another number', register: OTHER_NUMBER, answer: LIMITED },
    { of: 'a limit without an end', register: NUMBER, answer: failure(429, 'rate_limited') },
    { of: 'another refusal', register: NUMBER, answer: failure(400, 'phone_number_invalid') },
  ])('reports the refusal of $of', async ({ register, answer }) => {
    await openTabWithSession();
    const second = openTab(answer);

    await expect(second.register(register)).rejects.toMatchObject({ name: 'PhoneVerifyClientError' });
    expect(second.session).toBeUndefined();
  });

  it('reports it if the session of the other tab has ended', async () => {
    const first = await openTabWithSession();
    first.forget();

    await expect(openTab(LIMITED).register(NUMBER)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('ignores what is no session', async () => {
    const channel = new BroadcastChannel('phone-verify /tabs ');
    channel.addEventListener('message', () => {
      for (const message of [null, 7, { to: OTHER_NUMBER }, { to: NUMBER, session: {} }]) channel.postMessage(message);
    });

    await expect(openTab(LIMITED).register(NUMBER)).rejects.toMatchObject({ code: 'rate_limited' });
    channel.close();
  });

  it('asks nobody outside of a page, where a channel would keep the process alive', async () => {
    await openTabWithSession();
    vi.unstubAllGlobals();

    await expect(openTab(LIMITED).register(NUMBER)).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
