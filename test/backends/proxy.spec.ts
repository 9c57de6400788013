import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { inspect } from 'node:util';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlivoBackend, type PlivoBackendOptions } from '../../lib/backends/plivo/index.js';
import { HttpBackend } from '../../lib/index.js';
import { failureOf } from '../support/composites.js';
import { faultsOf } from '../support/configuration-faults.js';
import { ConnectProxy } from '../support/connect-proxy.js';
import { LOCALHOST } from '../support/localhost-certificate.js';
import { sendContext, TEXT, TO } from '../support/provider-faults.js';
import { WireServer } from '../support/wire-server.js';
import { conversations } from './wire/conversation.js';

const VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
];

let provider: WireServer;
let proxy: ConnectProxy;

beforeEach(async () => {
  provider = await WireServer.startSecure();
  provider.answer({ status: 202, body: { message_uuid: ['message-1'] } });
  proxy = await ConnectProxy.start();
  for (const variable of VARIABLES) vi.stubEnv(variable, undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await provider.close();
  await proxy.close();
});

/** Trusts the certificate of the provider, as an application that sets no `agent` cannot do by an option. */
function trustProvider(): void {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
}

function send(options: Partial<PlivoBackendOptions> = {}, signal = new AbortController().signal): Promise<unknown> {
  const backend = new PlivoBackend({
    authId: 'MA1',
    authToken: 'token',
    from: 'Acme',
    baseUrl: provider.url,
    ...options,
  });
  return backend.sendSms(TO, TEXT, sendContext({ signal }));
}

describe('the proxy in the environment', () => {
  beforeEach(trustProvider);

  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])(
    'in %s carries messages through one tunnel',
    async (variable) => {
      vi.stubEnv(variable, proxy.url);

      for (let message = 0; message < 3; message += 1) await send();

      expect(proxy.asked).toEqual([`CONNECT localhost:${provider.port}`]);
      expect(provider).toMatchObject({ connections: 1, requests: { length: 3 } });
    },
  );

  it.each(conversations)('carries the messages of $wire.name', async ({ wire }) => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    provider.answer(wire.success('message-1'));

    await wire.create({ baseUrl: provider.url }).sendSms(TO, TEXT, sendContext());

    expect(proxy.asked).toEqual([`CONNECT localhost:${provider.port}`]);
  });

  it.each(['localhost', '*', 'other.example,localhost', '.localhost,localhost'])(
    'does not carry messages to a host in NO_PROXY=%s',
    async (hosts) => {
      vi.stubEnv('HTTPS_PROXY', proxy.url);
      vi.stubEnv('NO_PROXY', hosts);

      await send();

      expect(proxy.asked).toEqual([]);
    },
  );

  it('is given the user and password of its address', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url.replace('://', '://user:p%40ss@'));

    await send();

    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect(provider.last.headers).not.toHaveProperty('proxy-authorization');
  });

  it('in HTTP_PROXY carries messages to an address that begins with http://', async () => {
    const plain = await WireServer.start();
    plain.answer({ status: 200 });
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const backend = new HttpBackend({ url: `${plain.url}/send?key=1`, body: (to, text) => ({ to, text }) });

    await backend.sendSms(TO, TEXT);
    await backend.sendSms(TO, TEXT);

    expect(proxy.asked).toEqual([`POST ${plain.url}/send?key=1`, `POST ${plain.url}/send?key=1`]);
    expect(JSON.parse(plain.last.body)).toEqual({ to: TO, text: TEXT });
    await plain.close();
  });

  it.each([
    [407, 'misconfigured'],
    [403, 'unavailable'],
    [502, 'unavailable'],
  ] as const)('that refuses with %d makes the message %s: nothing was sent', async (status, kind) => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    proxy.behaviour = status;

    expect(await failureOf(send())).toMatchObject({ kind, providerCode: String(status) });
    expect(provider.requests).toEqual([]);
    await expect.poll(() => proxy.openConnections).toBe(0);
  });

  it('that cannot be reached makes the message unavailable', async () => {
    const gone = await ConnectProxy.start();
    vi.stubEnv('HTTPS_PROXY', gone.url);
    await gone.close();

    expect(await failureOf(send())).toMatchObject({ kind: 'unavailable' });
  });

  it.each(['socks5://user:hidden-value@127.0.0.1:1080', 'http://['])('%s is misconfigured', async (address) => {
    vi.stubEnv('HTTPS_PROXY', address);

    const error = await failureOf(send());

    expect(error).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining('option `agent`') });
    expect(error.message).not.toContain('hidden-value');
  });

  it.each(['HTTPS_PROXY', 'HTTP_PROXY'])(
    'with a password in %s that cannot be decoded is misconfigured',
    async (variable) => {
      vi.stubEnv(variable, proxy.url.replace('://', '://user:hidden-value%zz@'));
      const plain = { url: 'http://gateway.example', body: String };
      const backend = variable === 'HTTP_PROXY' ? new HttpBackend(plain) : undefined;

      const error = await failureOf(backend?.sendSms(TO, TEXT) ?? send());

      expect(error).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining('%25') });
      expect(inspect(error)).not.toContain('hidden-value');
      expect(proxy.asked).toEqual([]);
    },
  );

  it('is given credentials that no error shows, whoever repeats them', async () => {
    vi.stubEnv('HTTP_PROXY', proxy.url.replace('://', '://user:hidden-value@'));
    const plain = await WireServer.start();
    const credentials = Buffer.from('user:hidden-value').toString('base64');
    plain.answer({ status: 400, body: `Proxy-Authorization: Basic ${credentials}` });

    const error = await failureOf(new HttpBackend({ url: plain.url, body: String }).sendSms(TO, TEXT));

    expect(proxy.authorizations).toEqual([`Basic ${credentials}`]);
    expect(error.message).toContain('Proxy-Authorization');
    expect(inspect(error)).not.toContain(credentials);
    await plain.close();
  });

  it('that does not respond is left when the signal aborts', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    proxy.behaviour = 'hang';
    const controller = new AbortController();
    const failing = failureOf(send({}, controller.signal));
    await expect.poll(() => proxy.asked.length).toBe(1);

    controller.abort();

    expect(await failing).toMatchObject({ kind: 'unavailable' });
    await expect.poll(() => proxy.openConnections).toBe(0);
  });

  it('that does not respond is left at the time limit', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    proxy.behaviour = 'hang';

    expect(await failureOf(send({ timeoutMs: 100 }))).toMatchObject({ kind: 'unavailable' });
    await expect.poll(() => proxy.openConnections).toBe(0);
  });

  it('keeps its tunnel when the message that opened it is given up afterwards', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const controller = new AbortController();
    await send({}, controller.signal);

    controller.abort();
    await send();

    expect(proxy.asked).toHaveLength(1);
  });

  it('closes the tunnel of a message that is given up', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    provider.hang();

    expect(await failureOf(send({ timeoutMs: 200 }))).toMatchObject({ kind: 'unknown' });
    await expect.poll(() => proxy.openConnections + provider.openConnections).toBe(0);
  });

  it('does not carry a message again that was written into a tunnel', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    await send();
    provider.reset();

    expect(await failureOf(send())).toMatchObject({ kind: 'unknown' });
    expect(provider.requests).toHaveLength(2);
  });
});

describe('the option agent', () => {
  it('makes the connections, whatever proxy the environment names', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const agent = new SecureAgent({ ca: LOCALHOST.cert, keepAlive: true });

    await send({ agent });
    await send({ agent });
    agent.destroy();

    expect(proxy.asked).toEqual([]);
    expect(provider).toMatchObject({ connections: 1, requests: { length: 2 } });
  });

  it('may go through a proxy', async () => {
    trustProvider();
    const agent = new HttpsProxyAgent(proxy.url, { keepAlive: true });

    await send({ agent });
    await send({ agent });
    agent.destroy();

    expect(proxy.asked).toEqual([`CONNECT localhost:${provider.port}`]);
  });

  it('is that of HttpBackend too', async () => {
    const agent = new SecureAgent({ ca: LOCALHOST.cert, keepAlive: true });
    provider.answer({ status: 200 });

    await new HttpBackend({ url: provider.url, agent, body: (to) => ({ to }) }).sendSms(TO, TEXT);
    agent.destroy();

    expect(provider.requests).toHaveLength(1);
  });

  it('does not make a connection that the agent does not trust', async () => {
    expect(await failureOf(send({ agent: new SecureAgent() }))).toMatchObject({ kind: 'unavailable' });
    expect(provider.requests).toEqual([]);
  });

  it('is not searched for texts to redact', async () => {
    const agent = Object.assign(new SecureAgent(), { self: {} });
    agent.self = agent;
    provider.answer({ status: 400 });

    expect(await failureOf(send({ agent }))).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    [{}, 'options.agent: must be an https.Agent or an http.Agent of Node'],
    ['http://proxy:3128', 'options.agent: must be an https.Agent or an http.Agent of Node'],
    [new PlainAgent(), 'options.agent: is an http.Agent, and the address begins with https://; give an https.Agent'],
  ])('does not start with %s', (agent, fault) => {
    const options = { authId: 'MA1', authToken: 'token', from: 'Acme', agent };

    expect(faultsOf(() => new PlivoBackend(options as PlivoBackendOptions))).toEqual([fault]);
  });

  it('does not start with an https.Agent for an address that begins with http://', () => {
    const options = { url: 'http://gateway.example', body: String, agent: new SecureAgent() };

    expect(faultsOf(() => new HttpBackend(options))).toEqual([
      'options.agent: is an https.Agent, and the address begins with http://; give an http.Agent',
    ]);
  });
});
