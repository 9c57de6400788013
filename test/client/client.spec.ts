import { PhoneVerifyClient, PhoneVerifyClientError, type PhoneVerifyClientOptions } from '../../lib/client/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, MemoryStorage, PlayedServer, SENT } from './played-server.js';

const NUMBER = '+14155552671';
const OTHER_NUMBER = '+447400123456';
const VERIFIED = { message: 'Security code is valid.', phone_number: NUMBER, verification_token: 'token-1' };

let server: PlayedServer;
let storage: MemoryStorage;

beforeEach(() => {
  vi.useFakeTimers();
  server = new PlayedServer();
  storage = new MemoryStorage();
  server.answer([200, SENT]);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(options: PhoneVerifyClientOptions = {}): PhoneVerifyClient {
  return new PhoneVerifyClient({ fetch: server.fetch, storage, ...options });
}

/** A client with an open session. */
async function openSession(options?: PhoneVerifyClientOptions): Promise<PhoneVerifyClient> {
  const client = open(options);
  await client.register(NUMBER);
  return client;
}

async function failureOf(call: Promise<unknown>): Promise<PhoneVerifyClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PhoneVerifyClientError);
  return error as PhoneVerifyClientError;
}

describe('register', () => {
  it('posts the number as JSON and returns the session', async () => {
    const session = await open().register(NUMBER);

    expect(session).toEqual({
      phoneNumber: NUMBER,
      codeLength: 6,
      codeFormat: 'numeric',
      isSent: true,
      expiresIn: 600,
      resendIn: 30,
      isTimeExact: true,
    });
    const [request] = server.requests;
    expect(request?.url).toBe('/phone/register');
    expect(request?.body).toEqual({ phone_number: NUMBER });
    expect(request?.init.method).toBe('POST');
    expect(request?.init.headers).toEqual({ accept: 'application/json', 'content-type': 'application/json' });
  });

  it('uses the base URL, the purpose and the language of the options', async () => {
    await open({ baseUrl: 'https://api.example.com/v1/phone/', purpose: 'login', language: 'pt-BR' }).register(NUMBER);

    const [request] = server.requests;
    expect(request?.url).toBe('https://api.example.com/v1/phone/register');
    expect(request?.body).toEqual({ phone_number: NUMBER, purpose: 'login' });
    expect(request?.init.headers).toMatchObject({ 'accept-language': 'pt-BR' });
  });

  it("uses the browser's own fetch and storage, with the right receiver", async () => {
    vi.stubGlobal('fetch', function call(this: unknown, url: string, init: RequestInit) {
      if (this !== globalThis) throw new TypeError('Illegal invocation');
      return server.fetch(url, init);
    });
    vi.stubGlobal('sessionStorage', storage);

    await new PhoneVerifyClient().register(NUMBER);

    expect(storage.items.size).toBe(1);
  });

  it('continues the open session of the same number without another message', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(10_000);

    await expect(client.register(NUMBER)).resolves.toMatchObject({ resendIn: 20, expiresIn: 590 });

    expect(server.paths).toEqual(['/phone/register']);
  });

  it('resends to the same number once that is allowed', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(30_000);

    await expect(client.register(NUMBER)).resolves.toMatchObject({ resendIn: 30 });

    expect(server.paths).toEqual(['/phone/register', '/phone/resend']);
    expect(server.requests[1]?.body).toEqual({ phone_number: NUMBER, session_token: 'session-1' });
  });

  it('opens another session for another number', async () => {
    const client = await openSession();
    server.answer([200, { ...SENT, session_token: 'session-2' }]);

    await client.register(OTHER_NUMBER);
    await client.verify('123456').catch(() => undefined);

    expect(server.requests.at(-1)?.body).toMatchObject({ phone_number: OTHER_NUMBER, session_token: 'session-2' });
  });

  it('keeps the old session until another is open', async () => {
    const client = await openSession();
    server.answer(failure(400, 'phone_number_invalid'));

    await failureOf(client.register('+1'));

    expect(client.session?.phoneNumber).toBe(NUMBER);
  });

  it.each([
    'security_code_invalid',
    'security_code_expired',
    'security_code_verified',
    'security_code_too_many_attempts',
  ])('opens a new session if the old one is refused with %s', async (code) => {
    const client = await openSession();
    vi.advanceTimersByTime(30_000);
    server.answer(failure(400, code), [200, { ...SENT, session_token: 'session-2' }]);

    await client.register(NUMBER);

    expect(server.paths).toEqual(['/phone/register', '/phone/resend', '/phone/register']);
    expect([...storage.items.values()].join('')).toContain('session-2');
  });

  it('opens a new session if the old one has expired', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(600_000);

    expect(client.session).toBeUndefined();
    await client.register(NUMBER);

    expect(server.paths).toEqual(['/phone/register', '/phone/register']);
  });

  it('reports any other failure of the resend', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(30_000);
    server.answer(failure(503, 'service_unavailable'));

    await expect(failureOf(client.register(NUMBER))).resolves.toMatchObject({ code: 'service_unavailable' });

    expect(client.session).toBeDefined();
  });
});

describe('a message that was not sent', () => {
  const FAILED = failure(502, 'sms_delivery_failed', { ...SENT, resend_in: 5 });

  it('leaves a session that the next register resends', async () => {
    const client = open();
    server.answer(FAILED, [200, SENT]);

    const error = await failureOf(client.register(NUMBER));
    const left = client.session;
    await client.register(NUMBER);

    expect(error).toMatchObject({ code: 'sms_delivery_failed', status: 502, retryAfter: 5 });
    expect(left).toMatchObject({ isSent: false, phoneNumber: NUMBER, resendIn: 5 });
    expect(server.paths).toEqual(['/phone/register', '/phone/resend']);
    expect(client.session?.isSent).toBe(true);
  });

  it('leaves a session that survives a reload', async () => {
    server.answer(FAILED, [200, SENT]);
    await failureOf(open().register(NUMBER));

    await open().resend();

    expect(server.requests[1]?.body).toEqual({ phone_number: NUMBER, session_token: 'session-1' });
  });

  it('leaves no session if the response has none', async () => {
    const client = open();
    server.answer(failure(502, 'sms_delivery_failed'));

    await failureOf(client.register(NUMBER));

    expect(client.session).toBeUndefined();
  });

  it('leaves no session after any other failure', async () => {
    const client = open();
    server.answer(failure(503, 'service_unavailable', SENT));

    await failureOf(client.register(NUMBER));

    expect(client.session).toBeUndefined();
  });
});

describe('resend', () => {
  it('needs a session', async () => {
    await expect(failureOf(open().resend())).resolves.toMatchObject({ code: 'session_missing', status: undefined });

    expect(server.requests).toEqual([]);
  });

  it('removes a session that has ended', async () => {
    const client = await openSession();
    server.answer(failure(400, 'security_code_expired'));

    await expect(failureOf(client.resend())).resolves.toMatchObject({ code: 'security_code_expired', status: 400 });

    expect(client.session).toBeUndefined();
    expect(storage.items.size).toBe(0);
  });

  it('remembers how long it has to wait, also after a reload', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(40_000);
    server.answer(failure(429, 'rate_limited', { retry_after: 120 }));

    await expect(failureOf(client.resend())).resolves.toMatchObject({ code: 'rate_limited', retryAfter: 120 });
    vi.advanceTimersByTime(20_000);

    expect(client.session).toMatchObject({ resendIn: 100, expiresIn: 540 });
    expect(open().session).toMatchObject({ resendIn: 100, expiresIn: 540 });
  });

  it('keeps its session if it is rate limited without a time', async () => {
    const client = await openSession();
    server.answer(failure(429, 'rate_limited'));

    await expect(failureOf(client.resend())).resolves.toMatchObject({ retryAfter: undefined });

    expect(client.session?.resendIn).toBe(30);
  });
});

describe('verify', () => {
  it('returns the number and the verification token, and removes the session', async () => {
    const client = await openSession();
    server.answer([200, VERIFIED]);

    await expect(client.verify('123456')).resolves.toEqual({ phoneNumber: NUMBER, verificationToken: 'token-1' });

    expect(server.requests[1]).toMatchObject({
      url: '/phone/verify',
      body: { phone_number: NUMBER, session_token: 'session-1', security_code: '123456' },
    });
    expect(client.session).toBeUndefined();
    expect(storage.items.size).toBe(0);
  });

  it('returns no verification token if the server issues none', async () => {
    const client = await openSession();
    server.answer([200, { phone_number: NUMBER }]);

    await expect(client.verify('123456')).resolves.toEqual({ phoneNumber: NUMBER, verificationToken: undefined });
  });

  it('needs a session', async () => {
    await expect(failureOf(open().verify('1'))).resolves.toMatchObject({ code: 'session_missing' });
  });

  it('reports how many attempts are left and keeps the session', async () => {
    const client = await openSession();
    server.answer(failure(400, 'security_code_invalid', { attempts_left: 3 }));

    const error = await failureOf(client.verify('000000'));

    expect(error).toMatchObject({ attemptsLeft: 3, message: 'text of security_code_invalid' });
    expect(client.session).toBeDefined();
  });

  it.each([
    ['security_code_invalid', { attempts_left: 0 }],
    ['security_code_too_many_attempts', {}],
    ['security_code_expired', {}],
    ['security_code_verified', {}],
  ])('removes the session after %s %o', async (code, extra) => {
    const client = await openSession();
    server.answer(failure(400, code, extra));

    await failureOf(client.verify('000000'));

    expect(client.session).toBeUndefined();
    expect(storage.items.size).toBe(0);
  });

  it('asks the server even if the session seems to have expired, because the clock may be wrong', async () => {
    const client = await openSession();
    vi.setSystemTime(Date.now() + 3_600_000);
    server.answer([200, VERIFIED]);

    await expect(client.verify('123456')).resolves.toMatchObject({ phoneNumber: NUMBER });
  });
});

describe('parallel calls', () => {
  it('send once for a double click', async () => {
    const client = open();

    const [one, other] = await Promise.all([client.register(NUMBER), client.register(NUMBER)]);

    expect(one).toEqual(other);
    expect(server.requests).toHaveLength(1);
  });

  it('check once, and resend once', async () => {
    const client = await openSession();

    await Promise.all([client.resend(), client.resend()]);
    server.answer([200, VERIFIED]);
    await Promise.all([client.verify('123456'), client.verify('123456')]);

    expect(server.paths).toEqual(['/phone/register', '/phone/resend', '/phone/verify']);
  });

  it('send one message for a resend and a register of the same number', async () => {
    const client = await openSession();
    vi.advanceTimersByTime(30_000);

    await Promise.all([client.resend(), client.register(NUMBER)]);

    expect(server.paths).toEqual(['/phone/register', '/phone/resend']);
  });

  it('share a failure too, and send again afterwards', async () => {
    const client = open();
    server.answer(failure(503, 'service_unavailable'));
    await Promise.allSettled([client.register(NUMBER), client.register(NUMBER)]);
    server.answer([200, SENT]);

    await client.register(NUMBER);

    expect(server.requests).toHaveLength(2);
  });

  it('are not shared between different codes', async () => {
    const client = await openSession();
    server.answer(failure(400, 'security_code_invalid', { attempts_left: 3 }));

    await Promise.allSettled([client.verify('111111'), client.verify('222222')]);

    expect(server.requests).toHaveLength(3);
  });

  describe('for different numbers', () => {
    const answers: ((response: Response) => void)[] = [];
    const fetch = (): Promise<Response> => new Promise((resolve) => answers.push(resolve));

    beforeEach(() => {
      answers.length = 0;
    });

    function respond(index: number, token: string, status = 200): void {
      const body = { ...SENT, session_token: token, ...(status === 502 && { code: 'sms_delivery_failed' }) };
      answers[index]?.(Response.json(body, { status }));
    }

    it.each([200, 502])('keep the session of the latest one, whichever response (%i) arrives last', async (status) => {
      const client = open({ fetch });

      const first = client.register(NUMBER);
      const second = client.register(OTHER_NUMBER);
      const third = client.register(NUMBER);
      respond(2, 'third');
      await third;
      respond(1, 'second', status);
      respond(0, 'first', status);
      await Promise.allSettled([first, second]);

      expect(answers).toHaveLength(3);
      expect([...storage.items.values()].join('')).toContain('third');
    });

    it('keep the open session if the latest one continues it', async () => {
      await openSession();
      const client = open({ fetch });
      const other = client.register(OTHER_NUMBER);

      const back = await client.register(NUMBER);
      respond(0, 'other');
      await other;

      expect(back.phoneNumber).toBe(NUMBER);
      expect(client.session?.phoneNumber).toBe(NUMBER);
    });

    it('open no new session for a number that is not the latest', async () => {
      await openSession();
      vi.advanceTimersByTime(30_000);
      const client = open({ fetch });
      const first = failureOf(client.register(NUMBER));
      const second = client.register(OTHER_NUMBER);

      answers[0]?.(Response.json({ code: 'security_code_expired', message: 'over' }, { status: 400 }));
      expect((await first).code).toBe('security_code_expired');
      respond(1, 'second');
      await second;

      expect(answers).toHaveLength(2);
      expect(client.session?.phoneNumber).toBe(OTHER_NUMBER);
    });

    it('share the latest request when an earlier one of the same number ends', async () => {
      const client = open({ fetch });
      const first = client.register(NUMBER);
      void client.register(OTHER_NUMBER);
      void client.register(NUMBER);
      respond(0, 'first');
      await first;

      void client.register(NUMBER);

      expect(answers).toHaveLength(3);
    });

    it('are not shared after forget', () => {
      const client = open({ fetch });
      void client.register(NUMBER);
      client.forget();

      void client.register(NUMBER);

      expect(answers).toHaveLength(2);
    });
  });

  it('do not restore a session after forget', async () => {
    const client = open();
    const late = client.register(NUMBER);
    client.forget();
    await late;
    expect(client.session).toBeUndefined();

    const other = await openSession();
    server.answer([200, { ...SENT, resend_in: 99 }]);
    const resend = other.resend();
    other.forget();
    await resend;

    expect(other.session).toBeUndefined();
  });

  it('end no session but their own', async () => {
    const client = await openSession();
    server.answer([200, { ...SENT, session_token: 'session-2' }], [200, VERIFIED]);
    const opened = client.register(OTHER_NUMBER);
    const checked = client.verify('123456');

    await Promise.all([opened, checked]);

    expect(client.session?.phoneNumber).toBe(OTHER_NUMBER);
  });
});

describe('a reload', () => {
  it('restores the session, with the elapsed time subtracted', async () => {
    await openSession();
    vi.advanceTimersByTime(12_500);

    expect(open().session).toEqual({
      phoneNumber: NUMBER,
      codeLength: 6,
      codeFormat: 'numeric',
      isSent: true,
      expiresIn: 588,
      resendIn: 18,
      isTimeExact: true,
    });
  });

  it('restores no expired session, and none of another base URL or purpose', async () => {
    await openSession();

    expect(open({ purpose: 'login' }).session).toBeUndefined();
    expect(open({ baseUrl: '/v2/phone' }).session).toBeUndefined();
    vi.advanceTimersByTime(600_000);
    expect(open().session).toBeUndefined();
    expect(storage.items.size).toBe(0);
  });

  it('does not extend a session if the clock was set back', async () => {
    const client = await openSession();
    vi.setSystemTime(Date.now() - 86_400_000);

    expect(client.session).toMatchObject({ expiresIn: 600, resendIn: 30 });
  });

  it('never restores a code', async () => {
    const client = await openSession();
    server.answer(failure(400, 'security_code_invalid', { attempts_left: 3 }));
    await failureOf(client.verify('918273'));

    expect([...storage.items.values()].join('')).not.toContain('918273');
  });

  it.each([
    ['not JSON', '{'],
    ['null', 'null'],
    ['an array', '[]'],
    ['half a session', '{"phoneNumber":"+1","sessionToken":"x"}'],
    ['a session of other types', JSON.stringify({ phoneNumber: 1, sessionToken: 2, isSent: 3, receivedAt: 'x' })],
  ])('ignores a stored value that is %s', async (_name, text) => {
    await openSession();
    const [key = ''] = storage.items.keys();
    storage.setItem(key, text);

    expect(open().session).toBeUndefined();
  });
});

describe('an unusable storage', () => {
  function broken(): never {
    throw new DOMException('blocked', 'SecurityError');
  }

  it('is not needed', async () => {
    const client = await openSession({ storage: { getItem: broken, setItem: broken, removeItem: broken } });
    server.answer([200, VERIFIED]);

    await expect(client.verify('123456')).resolves.toMatchObject({ verificationToken: 'token-1' });
  });

  it('keeps no older session if it is full', async () => {
    const client = await openSession();
    vi.spyOn(storage, 'setItem').mockImplementation(broken);
    server.answer([200, { ...SENT, session_token: 'session-2' }]);

    await client.register(OTHER_NUMBER);

    expect(storage.items.size).toBe(0);
    expect(client.session?.phoneNumber).toBe(OTHER_NUMBER);
  });

  it('may be blocked or turned off', async () => {
    vi.stubGlobal('sessionStorage', undefined);
    Object.defineProperty(globalThis, 'sessionStorage', { get: broken, configurable: true });

    await expect(openSession({ storage: undefined })).resolves.toBeDefined();
    await expect(openSession({ storage: null })).resolves.toBeDefined();
    Reflect.deleteProperty(globalThis, 'sessionStorage');
  });
});

describe('an unexpected response', () => {
  it.each([
    ['a page', 200, '<!doctype html>'],
    ['nothing', 200, ''],
    ['null', 200, 'null'],
    ['an array', 200, '[]'],
    ['a number', 200, '1'],
    ['an empty object', 200, {}],
    ['no token', 200, { ...SENT, session_token: '' }],
    ['a token of another type', 200, { ...SENT, session_token: { $ne: '' } }],
    ['a time as a text', 200, { ...SENT, expires_in: '600' }],
    ['a time below nothing', 200, { ...SENT, resend_in: -1 }],
    ['no code', 200, { ...SENT, code_length: 0 }],
    ['an endless code', 200, { ...SENT, code_length: 1e9 }],
    ["a proxy's page", 502, '<html>Bad Gateway</html>'],
    ['a failure without a code', 404, { statusCode: 404, message: 'Cannot POST', error: 'Not Found' }],
    ['a failure with an unknown code', 400, { code: 'hack' }],
    ['a code with a success', 201, { code: 'rate_limited' }],
  ])('is `response_invalid`: %s', async (_name, status, body) => {
    const client = open();
    server.answer([status, body]);

    await expect(failureOf(client.register(NUMBER))).resolves.toMatchObject({ code: 'response_invalid', status });

    expect(client.session).toBeUndefined();
  });

  const EXEMPT = 'exempt these routes with the option `decorators` of PhoneVerifyModule';

  it.each([
    [
      'a wrapped session',
      200,
      { data: SENT, meta: {} },
      'status 200, a JSON object with the fields data, meta',
      `An interceptor or exception filter of the application wraps responses in \`data\`: ${EXEMPT}.`,
    ],
    [
      'a wrapped failure',
      400,
      { error: { code: 'phone_number_invalid' } },
      'status 400, a JSON object with the fields error',
      `An interceptor or exception filter of the application wraps responses in \`error\`: ${EXEMPT}.`,
    ],
    [
      'the refusal of a guard',
      401,
      { message: 'Unauthorized', statusCode: 401 },
      'status 401, a JSON object with the fields message, statusCode',
      `A guard of the application, or a proxy, requires a login: ${EXEMPT}.`,
    ],
    [
      'the refusal of a throttler',
      429,
      { statusCode: 429, message: 'ThrottlerException: Too Many Requests' },
      'status 429, a JSON object with the fields statusCode, message',
      `Another rate limiter refused the request, such as @nestjs/throttler: ${EXEMPT}, as in \`[SkipThrottle()]\`.`,
    ],
    [
      'no route',
      404,
      { message: 'Cannot POST /phone/register', error: 'Not Found', statusCode: 404 },
      'status 404, a JSON object with the fields message, error, statusCode',
      'The route does not exist at this URL. Check `baseUrl`: the global prefix of the application, then `path` of PhoneVerifyModule.',
    ],
    [
      'a web page',
      200,
      '\n<!doctype html><title>Acme</title>',
      'status 200, an HTML page',
      'Another server, such as that of the web pages, responded. Check `baseUrl`.',
    ],
    [
      'the page of a proxy',
      502,
      '<html>Bad Gateway</html>',
      'status 502, an HTML page',
      'The application or a proxy in front of it failed. Their logs say why.',
    ],
    [
      'no body',
      204,
      null,
      'status 204, no body',
      `Check \`baseUrl\`. If an interceptor or exception filter of the application changes responses, ${EXEMPT}.`,
    ],
    [
      'a list',
      200,
      '[]',
      'status 200, JSON that is no object',
      `Check \`baseUrl\`. If an interceptor or exception filter of the application changes responses, ${EXEMPT}.`,
    ],
  ])('says what was received and the likely cause: %s', async (_name, status, body, received, cause) => {
    const text = typeof body === 'object' && body !== null ? JSON.stringify(body) : body;
    const client = open({ fetch: async () => new Response(text, { status }) });

    const { message } = await failureOf(client.register(NUMBER));

    expect(message).toBe(`The response is not one of the phone verification routes: ${received}. ${cause}`);
  });

  it('says that the request was redirected', async () => {
    const redirected = new Response('<html>Log in</html>');
    Object.defineProperty(redirected, 'redirected', { value: true });

    const { message } = await failureOf(open({ fetch: async () => redirected }).register(NUMBER));

    expect(message).toContain('The request was redirected. Set `baseUrl` to the final URL.');
  });

  it('never shows a value of the response, which can be a token', async () => {
    const client = await openSession();
    server.answer([200, { data: { ...VERIFIED, verification_token: 'secret-token' } }]);

    const { message } = await failureOf(client.verify('123456'));

    expect(message).toContain('wraps responses in `data`');
    expect(message).not.toContain('secret-token');
    expect(message).not.toContain(NUMBER);
  });

  it.each([[{}], [{ phone_number: '' }], [{ phone_number: 1 }], [{ ...VERIFIED, verification_token: 1 }]])(
    'is no verification: %o',
    async (body) => {
      const client = await openSession();
      server.answer([200, body]);

      await expect(failureOf(client.verify('123456'))).resolves.toMatchObject({ code: 'response_invalid' });
      expect(client.session).toBeDefined();
    },
  );

  it('does not count as a resend', async () => {
    const client = await openSession();
    server.answer([200, {}]);

    await expect(failureOf(client.resend())).resolves.toMatchObject({ code: 'response_invalid' });
  });

  it('loses only the invalid fields of a failure', async () => {
    const client = open();
    server.answer([
      400,
      {
        code: 'request_invalid',
        message: ['This field is required.', 7],
        retry_after: -1,
        attempts_left: 'many',
        errors: { phone_number: ['This field is required.', 7], purpose: 'x' },
      },
    ]);

    await expect(failureOf(client.register(''))).resolves.toMatchObject({
      message: 'This field is required.',
      retryAfter: undefined,
      attemptsLeft: undefined,
      errors: { phone_number: ['This field is required.'], purpose: [] },
    });
  });
});

describe('a network failure', () => {
  it('is reported with its cause', async () => {
    const cause = new TypeError('Failed to fetch');
    server.answer(cause);

    const error = await failureOf(open().register(NUMBER));

    expect(error).toMatchObject({ name: 'PhoneVerifyClientError', code: 'network_failed', status: undefined, cause });
  });

  it('is also reported in the middle of a response', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('reset')) });
    const client = open({ fetch: async () => new Response(body) });

    await expect(failureOf(client.register(NUMBER))).resolves.toMatchObject({ code: 'network_failed' });
  });

  it('says outside a browser that a relative URL refers to nothing', async () => {
    vi.stubGlobal('location', undefined);
    server.answer(new TypeError('Failed to parse URL'), new TypeError('Failed to fetch'));

    expect((await failureOf(open().register(NUMBER))).message).toContain('`baseUrl` must be an absolute URL');
    expect((await failureOf(open({ baseUrl: 'https://example.com/phone' }).register(NUMBER))).message).toBe(
      'The server could not be reached.',
    );
  });

  it('ends with a timeout, even if fetch ignores the signal', async () => {
    server.answer('nothing');
    const call = failureOf(open({ timeoutMs: 2000 }).register(NUMBER));
    await vi.advanceTimersByTimeAsync(1999);
    expect(server.requests[0]?.init.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);

    await expect(call).resolves.toMatchObject({ code: 'timed_out', status: undefined });
    expect(server.requests[0]?.init.signal?.aborted).toBe(true);
  });

  it('times out later than the slowest delivery, and leaves no timer', async () => {
    await openSession();
    expect(vi.getTimerCount()).toBe(0);

    server.answer('nothing');
    const call = failureOf(open({ storage: null }).register(NUMBER));
    await vi.advanceTimersByTimeAsync(30_000);

    await expect(call).resolves.toMatchObject({ code: 'timed_out' });
  });
});
