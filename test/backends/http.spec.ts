import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpBackend, type HttpBackendOptions, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { failureOf } from '../support/composites.js';
import { faultsOf } from '../support/configuration-faults.js';
import { ODD_THROWS } from '../support/failing-backends.js';
import { CODE, sendContext, TEXT, TO } from '../support/provider-faults.js';
import { WireServer } from '../support/wire-server.js';

let server: WireServer;
let elsewhere: WireServer;

beforeAll(async () => {
  server = await WireServer.start();
  elsewhere = await WireServer.start();
});

beforeEach(() => {
  server.answer({ status: 200 });
  elsewhere.answer({ status: 200 });
});

afterEach(() => {
  server.requests.length = 0;
  elsewhere.requests.length = 0;
});

afterAll(async () => {
  await server.close();
  await elsewhere.close();
});

function gateway(options: Partial<HttpBackendOptions> = {}): HttpBackend {
  return new HttpBackend({
    url: `${server.url}/send`,
    headers: { authorization: 'Bearer credential' },
    body: (to, text) => ({ to, text }),
    ...options,
  });
}

function send(options: Partial<HttpBackendOptions> = {}): Promise<unknown> {
  return gateway(options).sendSms(TO, TEXT, sendContext());
}

describe('what HttpBackend sends', () => {
  it('is JSON when the body is an object', async () => {
    expect(await send()).toEqual({ backend: 'HttpBackend' });

    expect(server.last).toMatchObject({
      method: 'POST',
      path: '/send',
      headers: { authorization: 'Bearer credential', 'content-type': 'application/json; charset=utf-8' },
    });
    expect(JSON.parse(server.last.body)).toEqual({ to: TO, text: TEXT });
    expect(server.last.headers['content-length']).toBe(String(Buffer.byteLength(server.last.body)));
  });

  it('is a form when the body is a URLSearchParams', async () => {
    await send({ body: (to, text) => new URLSearchParams({ to, text }) });

    expect(server.last.headers['content-type']).toBe('application/x-www-form-urlencoded; charset=utf-8');
    expect(Object.fromEntries(new URLSearchParams(server.last.body))).toEqual({ to: TO, text: TEXT });
  });

  it('is plain text when the body is a string', async () => {
    await send({ body: (to, text) => `${to}: ${text}`, method: 'PUT' });

    expect(server.last).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `${TO}: ${TEXT}`,
    });
  });

  it('has the content type of the option headers', async () => {
    await send({ body: () => '<sms/>', headers: { 'Content-Type': 'application/xml' } });

    expect(server.last.headers['content-type']).toBe('application/xml');
  });

  it('is awaited when the body is made asynchronously', async () => {
    await send({ body: async (to) => ({ to }) });

    expect(JSON.parse(server.last.body)).toEqual({ to: TO });
  });

  it.each([
    ['an object', (to: string, text: string) => ({ to, text })],
    ['a form', (to: string, text: string) => new URLSearchParams({ to, text })],
    ['a text', (to: string, text: string) => String(new URLSearchParams({ to, text }))],
  ])('is in the query string with GET, from %s', async (_name, body) => {
    await send({ body, method: 'GET', url: `${server.url}/send?key=1` });

    expect(server.last).toMatchObject({ method: 'GET', body: '' });
    const url = new URL(server.last.path, server.url);
    expect(url.pathname).toBe('/send');
    expect(Object.fromEntries(url.searchParams)).toEqual({ key: '1', to: TO, text: TEXT });
  });

  it.each([
    ...ODD_THROWS.map(([name, thrown]) => [
      `throws ${name}`,
      () => {
        throw thrown();
      },
    ]),
    ['rejects', () => Promise.reject(new Error('boom'))],
    ['makes nothing', () => undefined],
    ['makes a number', () => 7],
    ['makes what is no JSON', () => ({ count: 1n })],
  ] as [string, HttpBackendOptions['body']][])(
    'is nothing when the body %s, and the error says so',
    async (_name, body) => {
      expect(await failureOf(send({ body }))).toMatchObject({ kind: 'misconfigured' });
      expect(server.requests).toEqual([]);
    },
  );

  it('is not shown by the error of a body function that fails', async () => {
    const error = await failureOf(
      send({
        body: (to, text) => {
          throw new Error(`cannot encode ${text} for ${to}`);
        },
      }),
    );

    expect((error.cause as Error).message).toContain('cannot encode');
    for (const secret of [CODE, TO.slice(1)]) expect(String(error.cause)).not.toContain(secret);
  });
});

describe('what HttpBackend counts as success', () => {
  it.each([200, 201, 202, 204])('is %d', async (status) => {
    server.answer({ status });

    expect(await send()).toEqual({ backend: 'HttpBackend' });
  });

  it('is decided by accepted(), from status and text', async () => {
    const accepted = (status: number, text: string): boolean => status === 418 && text === 'OK 123';
    server.answer({ status: 418, body: 'OK 123' });
    await expect(send({ accepted })).resolves.toEqual({ backend: 'HttpBackend' });

    server.answer({ status: 200, body: '<html>Maintenance</html>' });
    expect(await failureOf(send({ accepted }))).toMatchObject({ kind: 'unknown', providerCode: '200' });
  });

  it('is decided by an asynchronous accepted()', async () => {
    expect(await failureOf(send({ accepted: async () => false }))).toMatchObject({ kind: 'unknown' });
    await expect(send({ accepted: async () => true })).resolves.toBeDefined();
  });

  it.each(ODD_THROWS)(
    'is not a response for which accepted() throws %s: the message may have been sent',
    async (_name, thrown) => {
      const accepted = (): boolean => {
        throw thrown();
      };

      expect(await failureOf(send({ accepted }))).toMatchObject({ kind: 'unknown' });
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe('what HttpBackend counts as a failure', () => {
  it.each<[number, SmsDeliveryErrorKind]>([
    [400, 'unreachable'],
    [402, 'misconfigured'],
    [409, 'unreachable'],
    [422, 'unreachable'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [302, 'misconfigured'],
    [429, 'throttled'],
    [503, 'unavailable'],
    [500, 'unknown'],
    [502, 'unknown'],
  ])('status %d is %s, and the error does not repeat the response', async (status, kind) => {
    server.answer({ status, body: `no: ${TEXT} to ${TO}` });

    const error = await failureOf(send());

    expect(error).toMatchObject({ kind, providerCode: String(status), message: expect.stringContaining('no: ') });
    for (const secret of [CODE, TO.slice(1)]) expect(error.message).not.toContain(secret);
  });

  it('a Retry-After header is in the error', async () => {
    server.answer({ status: 503, headers: { 'retry-after': '9' } });

    expect(await failureOf(send())).toMatchObject({ retryAfterSeconds: 9 });
  });

  it('a long page is cut in the error', async () => {
    server.answer({ status: 500, body: 'x'.repeat(10_000) });

    expect((await failureOf(send())).message).toHaveLength(200);
  });

  it('a refused connection is unavailable: nothing was sent', async () => {
    const gone = await WireServer.start();
    const { url } = gone;
    await gone.close();

    expect(await failureOf(send({ url }))).toMatchObject({ kind: 'unavailable' });
  });

  it('a reset after the request is unknown: the message may have been sent', async () => {
    server.reset();

    expect(await failureOf(send())).toMatchObject({ kind: 'unknown' });
  });

  it('an endless response is cut, and its connection closed', async () => {
    server.answerWithoutEnd(200);
    let length = 0;

    await send({ accepted: (_status, text) => (length = text.length) > 0 });

    expect(length).toBe(65_536);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('a gateway that never responds is given up at timeoutMs, and its connection closed', async () => {
    server.hang();

    expect(await failureOf(send({ timeoutMs: 50 }))).toMatchObject({ kind: 'unknown' });
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('an abort ends the send at once, and closes its connection', async () => {
    server.hang();
    const controller = new AbortController();
    const sending = failureOf(gateway().sendSms(TO, TEXT, sendContext({ signal: controller.signal })));
    await expect.poll(() => server.requests.length).toBe(1);

    controller.abort();

    expect((await sending).kind).toBe('unknown');
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('a send that was aborted before it began sends nothing', async () => {
    const signal = AbortSignal.abort();

    expect((await failureOf(gateway().sendSms(TO, TEXT, sendContext({ signal })))).kind).toBe('unavailable');
    expect(server.requests).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('%d to another origin is not followed', async (status) => {
    server.answer({ status, headers: { location: `${elsewhere.url}/send` } });

    for (const method of ['POST', 'GET']) {
      expect(await failureOf(send({ method }))).toMatchObject({ kind: 'misconfigured', providerCode: String(status) });
    }
    expect(elsewhere.requests).toEqual([]);
  });

  it.each(['//evil.example/', 'https://127.0.0.1/', 'http://[', 'javascript:alert(1)'])(
    'to %s is not followed',
    async (location) => {
      server.answer({ status: 307, headers: { location } });

      expect((await failureOf(send())).kind).toBe('misconfigured');
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([307, 308])('%d on the same origin repeats the request', async (status) => {
    server.answer(({ path }) => (path === '/send' ? { status, headers: { location: '/v2/send' } } : { status: 200 }));

    await send();

    const [first, second] = server.requests;
    expect(second).toEqual({ ...first, path: '/v2/send' });
    expect(second?.headers).toHaveProperty('authorization', 'Bearer credential');
  });

  it.each([301, 302, 303])('%d, which would make a GET of the POST, is not followed', async (status) => {
    server.answer({ status, headers: { location: '/v2/send' } });

    expect((await failureOf(send())).kind).toBe('misconfigured');
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('%d of a GET on the same origin is followed', async (status) => {
    server.answer(({ path }) =>
      path.startsWith('/send') ? { status, headers: { location: '/v2' } } : { status: 200 },
    );

    await send({ method: 'GET' });

    expect(server.requests.map(({ method, path }) => [method, path.split('?')[0]])).toEqual([
      ['GET', '/send'],
      ['GET', '/v2'],
    ]);
  });

  it('is followed three times at most', async () => {
    server.answer({ status: 307, headers: { location: '/send' } });

    expect((await failureOf(send())).kind).toBe('misconfigured');
    expect(server.requests).toHaveLength(4);
  });

  it('shares the time limit of one send', async () => {
    server.answer(() => {
      server.hang();
      return { status: 307, headers: { location: '/slow' } };
    });

    expect(await failureOf(send({ timeoutMs: 200 }))).toMatchObject({ kind: 'unknown' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/send', '/slow']);
    await expect.poll(() => server.openConnections).toBe(0);
  });
});

describe('an error', () => {
  it.each(['POST', 'GET'])('of a %s shows no user, password or value of the query in the URL', async (method) => {
    const url = `${server.url.replace('://', '://us%40er:hidden%20value@')}/send?user=acme&key=hid%2Fden+key`;
    const encoded = Buffer.from('us@er:hidden value').toString('base64');
    server.answer(({ path, headers }) => ({
      status: 400,
      body: `${path} ${url} hid/den key ${headers['authorization']}`,
    }));

    const text = inspect(await failureOf(send({ url, method, headers: {} })), { depth: 10, showHidden: true });

    expect(server.last.headers['authorization']).toBe(`Basic ${encoded}`);
    expect(text).toContain('key=[redacted]');
    for (const secret of ['us@er', 'us%40er', 'hidden', 'acme', 'hid%2Fden', 'hid/den', encoded]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('a body that is never made', () => {
  it.each([
    ['the time limit', 30],
    ['the signal', undefined],
  ] as const)(
    'is given up at %s, and the message is unavailable because nothing was written',
    async (_by, timeoutMs) => {
      const body = (): Promise<string> => new Promise(() => undefined);
      const signal = timeoutMs === undefined ? AbortSignal.timeout(30) : new AbortController().signal;
      const backend = gateway({ body, ...(timeoutMs !== undefined && { timeoutMs }) });

      expect(await failureOf(backend.sendSms(TO, TEXT, sendContext({ signal })))).toMatchObject({
        kind: 'unavailable',
      });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('the settings of HttpBackend', () => {
  it.each([
    [{}, ['options.url: is required', 'options.body: is required']],
    [
      { url: 'gateway.example', body: String },
      ['options.url: must be an address that begins with https:// or http://'],
    ],
    [{ url: 'http://h', body: {} }, ['options.body: must be a function']],
    [{ url: 'http://h', body: String, accepted: 200 }, ['options.accepted: must be a function']],
    [{ url: 'http://h', body: String, method: 'post' }, ['options.method: must be an HTTP method in capitals']],
    [{ url: 'http://h', body: String, timeout: 5 }, ['options.timeout: is not an option; did you mean `timeoutMs`?']],
    [
      { url: 'http://h', body: String, timeoutMs: 0 },
      ['options.timeoutMs: must be a whole number of milliseconds from 1 to 600000'],
    ],
    ...[{ authorization: 7 }, { 'a b': 'x' }, { authorization: 'credential\r\nx: y' }, { authorization: 'ключ' }].map(
      (headers) => [
        { url: 'http://h', body: String, headers },
        ['options.headers: must be an object of header names and values that HTTP allows'],
      ],
    ),
  ] as [object, string[]][])('%j', (options, faults) => {
    expect(faultsOf(() => new HttpBackend(options as HttpBackendOptions))).toEqual(faults);
  });
});
