import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BaseBackend, type SendContext, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { type RequestSchema, schemaFaults } from '../backends/wire/request-schema.js';
import { type ReceivedRequest, type WireAnswer, WireServer } from './wire-server.js';

export const TO = '+14155552671';
export const SEND_ID = '0193e3a6-0000-7000-8000-000000000001';
export const CODE = '481516';
/** Not in GSM-7, so that wrong encodings are detected. */
export const TEXT = `Ваш код – ${CODE} ✓`;

/** Requests and responses of a provider, as its documentation describes them. */
export interface ProviderWire {
  readonly name: string;
  create(options: {
    baseUrl: string;
    timeoutMs?: number;
    extra?: Readonly<Record<string, unknown>>;
  }): BaseBackend<unknown>;
  /** The published fields of a send. */
  readonly schema: RequestSchema;
  /** Texts that the options hold and no error, log or inspection may show. */
  readonly credentials: readonly string[];
  /** A response that accepts the message, with this id. */
  success(messageId: string): WireAnswer;
  /** Responses that refuse the message, as the provider documents them. `text` is a place where it may repeat the request. */
  readonly refusals: readonly {
    readonly when: string;
    readonly answer: (text: string) => WireAnswer;
    readonly kind: SmsDeliveryErrorKind;
    readonly providerCode: string;
  }[];
  /** Checks the request for {@link TO} and {@link TEXT}, with a code that expires in 540 s. */
  expectRequest(request: ReceivedRequest): void;
}

/** The context of a send whose code expires in nine minutes. */
export function sendContext(overrides: Partial<SendContext> = {}): SendContext {
  return {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 10_000),
    // Slightly more, so that it still rounds to 540 on a slow machine.
    expiresAt: new Date(Date.now() + 540_900),
    country: 'US',
    purpose: '',
    sendId: SEND_ID,
    sendNumber: 1,
    ...overrides,
  };
}

/** Tests a provider backend, with its real SDK if it has one, against a server that simulates the provider. */
export function describeProvider(wire: ProviderWire): void {
  describe(`the backend of ${wire.name}`, () => {
    let server: WireServer;
    let backend: BaseBackend<unknown>;

    beforeAll(async () => {
      server = await WireServer.start();
      backend = wire.create({ baseUrl: server.url });
    });

    afterAll(() => server.close());

    afterEach(() => {
      for (const request of server.requests) expect(schemaFaults(wire.schema, request)).toEqual([]);
    });

    it('sends one request as the provider documents it', async () => {
      server.answer(wire.success('message-1'));

      const receipt = await backend.sendSms(TO, TEXT, sendContext());

      expect(receipt).toMatchObject({ backend: backend.constructor.name, messageId: 'message-1' });
      wire.expectRequest(server.last);
      expect(server.requests).toHaveLength(1);
    });

    it('sends without a context', async () => {
      server.answer(wire.success('message-2'));

      expect(await backend.sendSms(TO, TEXT)).toMatchObject({ messageId: 'message-2' });
    });

    it.each([1, 60, 1800, 86_400, 1_000_000])(
      'sends only what the provider documents, for a code that lives %d s',
      async (seconds) => {
        server.answer(wire.success('message-3'));

        await backend.sendSms(TO, TEXT, sendContext({ expiresAt: new Date(Date.now() + seconds * 1000 + 900) }));

        expect(schemaFaults(wire.schema, server.last)).toEqual([]);
      },
    );

    it.each(wire.refusals)('$when is $kind', async ({ answer, kind, providerCode }) => {
      server.answer(answer('refused'));

      expect(await failure(backend)).toMatchObject({ kind, providerCode });
    });

    it.each(wire.refusals)(
      'redacts code, number and credentials that a response repeats: $when',
      async ({ answer }) => {
        server.answer(
          answer(`"${TEXT}" to ${TO} (${TO.slice(1)}) with ${wire.credentials.join(' ')}`.replaceAll('"', '')),
        );

        const text = inspect(await failure(backend), { depth: 10, showHidden: true });

        for (const secret of [CODE, TO, TO.slice(1), ...wire.credentials]) expect(text).not.toContain(secret);
      },
    );

    it('throws throttled with the seconds to wait for 429', async () => {
      server.answer({ status: 429, headers: { 'retry-after': '17' }, body: {} });
      expect(await failure(backend)).toMatchObject({ kind: 'throttled', retryAfterSeconds: 17 });

      const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString();
      server.answer({ status: 429, headers: { 'retry-after': inTwoMinutes }, body: {} });
      expect((await failure(backend)).retryAfterSeconds).toBeGreaterThan(110);
      expect((await failure(backend)).retryAfterSeconds).toBeLessThanOrEqual(120);
    });

    it.each([
      ['1000000000', 3600],
      ['-5', 1],
      ['soon', undefined],
    ])('reads Retry-After %s as %s', async (value, seconds) => {
      server.answer({ status: 429, headers: { 'retry-after': value }, body: '' });

      expect(await failure(backend)).toMatchObject({ kind: 'throttled', retryAfterSeconds: seconds });
    });

    it.each([
      [500, 'unknown'],
      [502, 'unknown'],
      [503, 'unavailable'],
      [401, 'misconfigured'],
    ] as const)('reads an HTML page with status %d as %s', async (status, kind) => {
      server.answer({ status, body: '<html><body>An error</body></html>' });

      expect(await failure(backend)).toMatchObject({ kind });
    });

    it.each(['<html>Welcome</html>', '', '{}', '[]', 'null', '{"broken":'])(
      'throws unknown for status 200 with the body %j',
      async (body) => {
        server.answer({ status: 200, headers: { 'content-type': 'application/json' }, body });

        expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
      },
    );

    it('does not follow a redirect', async () => {
      const elsewhere = await WireServer.start();
      elsewhere.answer(wire.success('stolen'));
      for (const status of [301, 302, 303, 307, 308]) {
        server.answer({ status, headers: { location: `${elsewhere.url}/` } });
        expect(await failure(backend)).toMatchObject({ kind: 'misconfigured' });
      }

      expect(elsewhere.requests).toHaveLength(0);
      await elsewhere.close();
    });

    it('aborts a response that does not end', async () => {
      server.answerWithoutEnd(200);

      expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('closes the connection to a hanging provider at the time limit', async () => {
      server.hang();
      const started = performance.now();

      // Long enough to write the request on a slow machine.
      const error = await failure(wire.create({ baseUrl: server.url, timeoutMs: 500 }));

      expect(error).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - started).toBeLessThan(5000);
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('closes the connection to a hanging provider when the signal aborts', async () => {
      server.hang();
      const before = server.requests.length;
      const controller = new AbortController();
      const failing = failure(backend, sendContext({ signal: controller.signal }));
      await expect.poll(() => server.requests.length).toBe(before + 1);

      controller.abort();

      expect(await failing).toMatchObject({ kind: 'unknown' });
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('does not start a send whose signal has already aborted', async () => {
      const before = server.requests.length;

      expect(await failure(backend, sendContext({ signal: AbortSignal.abort() }))).toMatchObject({
        kind: 'unavailable',
      });
      expect(server.requests).toHaveLength(before);
    });

    it('throws unknown if the connection is reset after the request was written', async () => {
      server.reset();

      expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
    });

    it('throws unavailable if the connection is reset before the request was written', async () => {
      const cut = await cuttingServer();

      expect(await failure(wire.create({ baseUrl: cut.url }))).toMatchObject({ kind: 'unavailable' });
      cut.server.close();
    });

    it.each(['http://127.0.0.1:1', 'https://name.invalid'])(
      'throws unavailable if %s cannot be reached',
      async (baseUrl) => {
        expect(await failure(wire.create({ baseUrl }))).toMatchObject({ kind: 'unavailable' });
      },
    );

    it('shows no credentials when it is printed', () => {
      const text = inspect(backend, { depth: 10, showHidden: true }) + JSON.stringify(backend);

      for (const credential of wire.credentials) expect(text).not.toContain(credential);
    });
  });
}

async function failure(backend: BaseBackend<unknown>, send?: SendContext): Promise<SmsDeliveryError> {
  try {
    await backend.sendSms(TO, TEXT, send);
  } catch (error) {
    if (error instanceof SmsDeliveryError) return error;
    throw error;
  }
  throw new Error('it was sent');
}

/** Resets each connection during the TLS handshake, so that it cannot have received a request. */
async function cuttingServer(): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
