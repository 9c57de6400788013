import { beforeEach, describe, expect, it } from 'vitest';
import { PhoneVerifyClient, type PhoneVerifyClientErrorCode } from '../../lib/client/index.js';
import { failure, MemoryStorage, PlayedServer, SENT } from './played-server.js';

const NUMBER = '+4915123456789';

let server: PlayedServer;
let storage: MemoryStorage;
let client: PhoneVerifyClient;

beforeEach(() => {
  server = new PlayedServer();
  storage = new MemoryStorage();
  client = open();
  server.answer([200, { ...SENT, phone_number: NUMBER }]);
});

function open(): PhoneVerifyClient {
  return new PhoneVerifyClient({ fetch: server.fetch, storage });
}

async function codeOf(call: Promise<unknown>): Promise<PhoneVerifyClientErrorCode | undefined> {
  return call.then(
    () => undefined,
    ({ code }) => code,
  );
}

describe('a number', () => {
  it('is that of the response, in E.164, in the session and in every later request', async () => {
    const session = await client.register('0151 23456789');
    server.answer([200, { phone_number: NUMBER, verification_token: 'token-1' }]);
    await client.verify('123456');

    expect(session.phoneNumber).toBe(NUMBER);
    expect(server.requests.map(({ body }) => body)).toMatchObject([
      { phone_number: '015123456789' },
      { phone_number: NUMBER },
    ]);
  });

  it.each([
    '+49 151 23456789',
    '+49 (0) 151 / 234-567-89',
    '0049 151 23456789',
    'tel:+4915123456789',
    '+٤٩ ١٥١ ٢٣٤٥٦٧٨٩',
    '＋４９１５１２３４５６７８９',
    '\u202a+49\u00a0151\u00a023456789\u202c',
    // As the first time, without a country that only the server knows.
    '0151-23456789',
  ])('continues the session of another spelling: %s', async (spelling) => {
    await client.register('0151 23456789');

    await expect(client.register(spelling)).resolves.toMatchObject({ phoneNumber: NUMBER });

    expect(server.paths).toEqual(['/phone/register']);
  });

  it('continues the session of another spelling after a reload', async () => {
    await client.register('0151 23456789');

    await open().register('+49 151 23456789');

    expect(server.paths).toEqual(['/phone/register']);
  });

  it('shares the pending request of another spelling with the same digits', async () => {
    await Promise.all([client.register(NUMBER), client.register('tel:+49 151 23456789')]);

    expect(server.paths).toEqual(['/phone/register']);
  });

  it.each(['+4915123456780', '+49 1512345678', '+43 151 23456789', '0151 23456780', '+4900 151 23456789'])(
    'opens a session for another number: %s',
    async (number) => {
      await client.register('0151 23456789');

      await client.register(number);

      expect(server.paths).toEqual(['/phone/register', '/phone/register']);
    },
  );

  it('is another one with a 0 after the calling code where that 0 is part of the number', async () => {
    server.answer([200, { ...SENT, phone_number: '+39312345678' }]);
    await client.register('+39 312345678');

    await client.register('+39 0312345678');

    expect(server.paths).toHaveLength(2);
  });

  it('is recognised after a message that was not sent', async () => {
    server.answer(failure(502, 'sms_delivery_failed', { ...SENT, phone_number: NUMBER, resend_in: 0 }), [
      200,
      { ...SENT, phone_number: NUMBER },
    ]);
    await codeOf(client.register('0151 23456789'));

    await client.register(NUMBER);

    expect(server.paths).toEqual(['/phone/register', '/phone/resend']);
  });

  it('is as it was written with a server that does not say it', async () => {
    server.answer([200, SENT]);

    await expect(client.register('0151 23456789')).resolves.toMatchObject({ phoneNumber: '015123456789' });
  });

  it('is refused as a response of another type', async () => {
    server.answer([200, { ...SENT, phone_number: 7 }]);

    expect(await codeOf(client.register(NUMBER))).toBe('response_invalid');
  });
});

describe('a code', () => {
  async function sent(typed: string, format: object = { code_format: 'numeric' }): Promise<unknown> {
    server.answer([200, { ...SENT, ...format }], failure(400, 'security_code_invalid', { attempts_left: 4 }));
    await client.register(NUMBER);
    const code = await codeOf(client.verify(typed));
    return code === 'security_code_invalid' ? server.requests.at(-1)?.body : code;
  }

  it.each([
    ['123456', '123456'],
    [' 123 456\n', '123456'],
    ['123-456', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['𝟙𝟚𝟛𝟜𝟝𝟞', '123456'],
  ])('of digits may be typed as %s', async (typed, security_code) => {
    expect(await sent(typed)).toMatchObject({ security_code });
  });

  it.each([
    ['aB3-x9', 'aB3-x9'],
    [' aB3-x9 ', 'aB3-x9'],
    ['１２３-x9', '１２３-x9'],
  ])('of any characters is sent as it was typed, without white space: %s', async (typed, security_code) => {
    expect(await sent(typed, { code_format: 'text' })).toMatchObject({ security_code });
  });

  it.each(['', '12345', '123-45', '1234567'])('of another length is not sent: "%s"', async (typed) => {
    expect(await sent(typed)).toBe('security_code_incomplete');

    expect(server.paths).toEqual(['/phone/register']);
    expect(client.session).toBeDefined();
  });

  it('may have any characters with a server that does not say its format', async () => {
    expect(await sent('aB3-x9', { code_format: undefined })).toMatchObject({ security_code: 'aB3-x9' });
    expect(client.session?.codeFormat).toBe('text');
  });
});
