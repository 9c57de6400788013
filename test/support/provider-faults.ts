import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BaseBackend, type SendContext, SmsDeliveryError, type SmsDeliveryErrorKind } from '../../lib/index.js';
import { type RequestSchema, schemaFaults } from '../backends/wire/request-schema.js';
import { type ReceivedRequest, type WireAnswer, WireServer } from './wire-server.js';

export const TO = '+14155552671';
export const SEND_ID = '0193e3a6-0000-7000-8000-000000000001';
export const CODE = '481516';
/** Outside GSM-7, so that an encoding fault shows. */
export const TEXT = `Ваш код – ${CODE} ✓`;

/** Where the sends of a provider are, and how it answers. One for each provider, written from its documentation. */
export interface ProviderWire {
  readonly name: string;
  create(options: {
    baseUrl: string;
    timeoutMs?: number;
    extra?: Readonly<Record<string, unknown>>;
  }): BaseBackend<unknown>;
  /** The published fields of a send; none for the signed query of Amazon SNS, which its SDK builds from the same model. */
  readonly schema?: RequestSchema;
  /** Texts that the options hold and no error, log or inspection may show. */
  readonly credentials: readonly string[];
  /** An answer that takes the message, with this id. */
  success(messageId: string): WireAnswer;
  /** Answers that do not take it, as the provider documents them. `text` is where it may repeat what it was sent. */
  readonly refusals: readonly {
    readonly when: string;
    readonly answer: (text: string) => WireAnswer;
    readonly kind: SmsDeliveryErrorKind;
    readonly providerCode: string;
  }[];
  /** Checks what arrived for {@link TO} and {@link TEXT}, with a code that lives 540 s longer. */
  expectRequest(request: ReceivedRequest): void;
}

/** The context of a send whose code lives nine minutes longer. */
export function sendContext(overrides: Partial<SendContext> = {}): SendContext {
  return {
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 10_000),
    // Half a second more, so that a slow machine still rounds to 540.
    expiresAt: new Date(Date.now() + 540_900),
    country: 'US',
    purpose: '',
    sendId: SEND_ID,
    sendNumber: 1,
    ...overrides,
  };
}

/** What every provider backend must do, through its real SDK where it has one, against a server that plays the provider. */
export function describeProvider(wire: ProviderWire): void {
  describe(`${wire.name} and its provider`, () => {
    let server: WireServer;
    let backend: BaseBackend<unknown>;

    beforeAll(async () => {
      server = await WireServer.start();
      backend = wire.create({ baseUrl: server.url });
    });

    afterAll(() => server.close());

    it('sends one request that says what the provider documents', async () => {
      server.answer(wire.success('message-1'));

      const receipt = await backend.sendSms(TO, TEXT, sendContext());

      expect(receipt).toMatchObject({ backend: backend.constructor.name, messageId: 'message-1' });
      wire.expectRequest(server.last);
      expect(server.requests).toHaveLength(1);
    });

    it('sends without a context too', async () => {
      server.answer(wire.success('message-2'));

      expect(await backend.sendSms(TO, TEXT)).toMatchObject({ messageId: 'message-2' });
    });

    it.each([1, 60, 1800, 86_400, 1_000_000])(
      'sends only what the provider documents, for a code that lives %d s',
      async (seconds) => {
        if (wire.schema === undefined) return;
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
      '$when shows neither code, number nor credentials, even when repeated',
      async ({ answer }) => {
        server.answer(
          answer(`"${TEXT}" to ${TO} (${TO.slice(1)}) with ${wire.credentials.join(' ')}`.replaceAll('"', '')),
        );

        const text = inspect(await failure(backend), { depth: 10, showHidden: true });

        for (const secret of [CODE, TO, TO.slice(1), ...wire.credentials]) expect(text).not.toContain(secret);
      },
    );

    it('429 is throttled, with the seconds to wait', async () => {
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
    ])('429 that asks for %s waits for %s', async (value, seconds) => {
      server.answer({ status: 429, headers: { 'retry-after': value }, body: '' });

      expect(await failure(backend)).toMatchObject({ kind: 'throttled', retryAfterSeconds: seconds });
    });

    it.each([
      [500, 'unknown'],
      [502, 'unknown'],
      [503, 'unavailable'],
      [401, 'misconfigured'],
    ] as const)('a page of HTML with %d is %s', async (status, kind) => {
      server.answer({ status, body: '<html><body>An error</body></html>' });

      expect(await failure(backend)).toMatchObject({ kind });
    });

    it.each(['<html>Welcome</html>', '', '{}', '[]', 'null', '{"broken":'])(
      '200 with %j is no success',
      async (body) => {
        server.answer({ status: 200, headers: { 'content-type': 'application/json' }, body });

        expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
      },
    );

    it('a redirect is not followed', async () => {
      const elsewhere = await WireServer.start();
      elsewhere.answer(wire.success('stolen'));
      for (const status of [301, 302, 303, 307, 308]) {
        server.answer({ status, headers: { location: `${elsewhere.url}/` } });
        expect(await failure(backend)).toMatchObject({ kind: 'misconfigured' });
      }

      expect(elsewhere.requests).toHaveLength(0);
      await elsewhere.close();
    });

    it('an answer without end is cut off', async () => {
      server.answerWithoutEnd(200);

      expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('a hanging provider is left at the time limit, with its connection closed', async () => {
      server.hang();
      const started = performance.now();

      const error = await failure(wire.create({ baseUrl: server.url, timeoutMs: 100 }));

      expect(error).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - started).toBeLessThan(5000);
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('a hanging provider is left when the signal aborts, with its connection closed', async () => {
      server.hang();
      const before = server.requests.length;
      const controller = new AbortController();
      const failing = failure(backend, sendContext({ signal: controller.signal }));
      await expect.poll(() => server.requests.length).toBe(before + 1);

      controller.abort();

      expect(await failing).toMatchObject({ kind: 'unknown' });
      await expect.poll(() => server.openConnections).toBe(0);
    });

    it('a send without time is not begun', async () => {
      const before = server.requests.length;

      expect(await failure(backend, sendContext({ signal: AbortSignal.abort() }))).toMatchObject({
        kind: 'unavailable',
      });
      expect(server.requests).toHaveLength(before);
    });

    it('a reset after the request was written is unknown', async () => {
      server.reset();

      expect(await failure(backend)).toMatchObject({ kind: 'unknown' });
    });

    it('a reset before the request was written is unavailable', async () => {
      const cut = await cuttingServer();

      expect(await failure(wire.create({ baseUrl: cut.url }))).toMatchObject({ kind: 'unavailable' });
      cut.server.close();
    });

    it.each(['http://127.0.0.1:1', 'https://name.invalid'])('%s is unavailable', async (baseUrl) => {
      expect(await failure(wire.create({ baseUrl }))).toMatchObject({ kind: 'unavailable' });
    });

    it('shows no credentials', () => {
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

/** Cuts each connection within the TLS handshake, so that nothing of a request can have come through. */
async function cuttingServer(): Promise<{ server: Server; url: string }> {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
