import { PhoneVerifyClient, type PhoneVerifySend } from '../../lib/client/index.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, MemoryStorage, PlayedServer, SENT } from './played-server.js';

const NUMBER = '+14155552671';
const OTHER_NUMBER = '+447400123456';

let server: PlayedServer;
let client: PhoneVerifyClient;
let sends: PhoneVerifySend[];
let sent: number;

const options = {
  beforeSend: (send: PhoneVerifySend): undefined => {
    sends.push(send);
  },
  onSent: (): void => {
    sent += 1;
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  server = new PlayedServer();
  server.answer([200, SENT]);
  client = new PhoneVerifyClient({ fetch: server.fetch, storage: new MemoryStorage() });
  sends = [];
  sent = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

/** A function whose result the test decides later. */
function pending<Result>(): { readonly result: Promise<Result>; readonly resolve: (result: Result) => void } {
  let resolve: (result: Result) => void = () => undefined;
  const result = new Promise<Result>((settle) => {
    resolve = settle;
  });
  return { result, resolve };
}

describe('beforeSend', () => {
  it('runs before each message, and knows whether it is a resend', async () => {
    await client.register(NUMBER, options);
    vi.advanceTimersByTime(30_000);
    await client.resend(options);
    vi.advanceTimersByTime(30_000);
    await client.register(NUMBER, options);

    expect(sends).toEqual([
      { phoneNumber: NUMBER, isResend: false },
      { phoneNumber: NUMBER, isResend: true },
      { phoneNumber: NUMBER, isResend: true },
    ]);
    expect(server.paths).toEqual(['/phone/register', '/phone/resend', '/phone/resend']);
    expect(sent).toBe(3);
  });

  it('does not run where the open session is continued without a message', async () => {
    await client.register(NUMBER, options);

    await client.register(NUMBER, options);

    expect(sends).toHaveLength(1);
    expect(sent).toBe(1);
  });

  it('runs again for the message that replaces a session which has ended', async () => {
    await client.register(NUMBER, options);
    vi.advanceTimersByTime(30_000);
    server.answer(failure(400, 'security_code_expired'), [200, { ...SENT, session_token: 'session-2' }]);

    await client.register(NUMBER, options);

    expect(sends.map(({ isResend }) => isResend)).toEqual([false, true, false]);
    expect(sent).toBe(2);
  });

  it('adds headers, whose names may be in any case', async () => {
    await client.register(NUMBER, {
      beforeSend: () => ({ headers: { 'X-Csrf': 'a', 'Accept-Language': 'de' }, captchaToken: 'solved' }),
    });

    expect(server.requests[0]?.init.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'accept-language': 'de',
      'x-csrf': 'a',
      'x-captcha-token': 'solved',
    });
  });

  it('stops a message with `false`', async () => {
    const stopped = client.register(NUMBER, { ...options, beforeSend: () => false });

    await expect(stopped).rejects.toMatchObject({ code: 'send_stopped' });
    expect(server.paths).toEqual([]);
    expect(sent).toBe(0);
  });

  it('reports what it throws', async () => {
    const cause = new Error('no');

    const failed = client.register(NUMBER, { beforeSend: () => Promise.reject(cause) });

    await expect(failed).rejects.toMatchObject({ code: 'before_send_failed', cause });
    expect(server.paths).toEqual([]);
  });

  it.each([
    ['the session is forgotten', (): void => client.forget()],
    ['another number is registered', (): unknown => client.register(OTHER_NUMBER)],
  ])('sends nothing any more if %s meanwhile', async (_name, change) => {
    const { result, resolve } = pending<undefined>();
    const stopped = client.register(NUMBER, { beforeSend: () => result });
    change();

    resolve(undefined);

    await expect(stopped).rejects.toMatchObject({ code: 'send_stopped' });
    expect(server.requests.map(({ body }) => body)).not.toContainEqual({ phone_number: NUMBER });
  });

  it('resends nothing any more if the session is forgotten meanwhile', async () => {
    await client.register(NUMBER);
    const { result, resolve } = pending<undefined>();
    const stopped = client.resend({ beforeSend: () => result });
    client.forget();

    resolve(undefined);

    await expect(stopped).rejects.toMatchObject({ code: 'send_stopped' });
    expect(server.paths).toEqual(['/phone/register']);
  });

  it('takes as long as it needs: the time limit is that of the request', async () => {
    const { result, resolve } = pending<{ captchaToken: string }>();
    const session = client.register(NUMBER, { beforeSend: () => result });
    await vi.advanceTimersByTimeAsync(120_000);

    resolve({ captchaToken: 'solved' });

    await expect(session).resolves.toMatchObject({ phoneNumber: NUMBER });
  });
});

describe('onSent', () => {
  it('is not called for a message that was not sent', async () => {
    server.answer(failure(502, 'sms_delivery_failed', SENT));

    await expect(client.register(NUMBER, options)).rejects.toMatchObject({ code: 'sms_delivery_failed' });

    expect(sent).toBe(0);
  });
});
