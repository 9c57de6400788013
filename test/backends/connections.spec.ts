import { fork } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { stat } from 'node:fs';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routeTo } from '../../lib/backends/provider/connection-pool.js';
import { PACKAGE_VERSION } from '../../lib/common/package-version.js';
import { HttpBackend, type HttpBackendOptions } from '../../lib/index.js';
import { failureOf } from '../support/composites.js';
import { sendContext, TEXT, TO } from '../support/provider-faults.js';
import { OK, RawServer, type ServedConnection } from '../support/raw-server.js';
import { WireServer } from '../support/wire-server.js';
import { conversations } from './wire/conversation.js';

let server: RawServer;

beforeEach(async () => {
  server = await RawServer.start();
});

afterEach(() => server.close());

function send(options: Partial<HttpBackendOptions> = {}, signal = new AbortController().signal): Promise<unknown> {
  const backend = new HttpBackend({ url: server.url, body: (to, text) => ({ to, text }), ...options });
  return backend.sendSms(TO, TEXT, sendContext({ signal }));
}

/** Sends messages at the same time, so that as many connections are idle afterwards. */
async function openConnections(count: number): Promise<void> {
  const waiting: (() => void)[] = [];
  server.behaviour = ({ socket }) => {
    waiting.push(() => socket.write(OK));
    if (waiting.length === count) for (const respond of waiting) respond();
  };
  await Promise.all(Array.from({ length: count }, () => send()));
  server.behaviour = ({ socket }) => void socket.write(OK);
  expect(server.requests).toEqual(Array.from({ length: count }, () => 1));
}

describe('a connection', () => {
  it('carries one message after another, of all backends', async () => {
    await send();
    await send();
    await send({ headers: { authorization: 'of another backend' } });

    expect(server.requests).toEqual([3]);
  });

  it('carries one message at a time', async () => {
    await openConnections(3);
    await Promise.all([send(), send(), send()]);

    expect(server.requests).toEqual([2, 2, 2]);
  });

  it('is not used again when the provider says that it closes it', async () => {
    server.behaviour = ({ socket }) => void socket.write(OK.replace('\r\n', '\r\nConnection: close\r\n'));
    await send();
    await send();

    expect(server.requests).toEqual([1, 1]);
  });

  it('is not used again when the provider keeps idle ones no longer than a second', async () => {
    server.behaviour = ({ socket }) => void socket.write(OK.replace('\r\n', '\r\nKeep-Alive: timeout=1\r\n'));
    await send();
    await send();

    expect(server.requests).toEqual([1, 1]);
  });
});

/** The idle connections of the pool to the server. */
function idleConnections(): Socket[] {
  const { agent } = routeTo(server.url);
  const { hostname, port } = new URL(server.url);
  return Object.entries(agent.freeSockets)
    .filter(([origin]) => origin.startsWith(`${hostname}:${port}:`))
    .flatMap(([, sockets = []]) => sockets);
}

describe('an idle connection', () => {
  it('is closed after half a minute, and the next message goes on a new one', async () => {
    await send();
    await expect.poll(idleConnections).toHaveLength(1);
    const [idle] = idleConnections();
    const closed = server.connections[0] && once(server.connections[0].socket, 'close');

    expect(idle?.timeout).toBe(30_000);
    // What Node's own clock does after that time.
    idle?.emit('timeout');
    await closed;
    await send();

    expect(server.requests).toEqual([1, 1]);
  });

  it('is closed a second before the time that the provider announces, if that is sooner', async () => {
    server.behaviour = ({ socket }) => void socket.write(OK.replace('\r\n', '\r\nKeep-Alive: timeout=5\r\n'));
    await send();
    await expect.poll(idleConnections).toHaveLength(1);

    expect(idleConnections()[0]?.timeout).toBe(4000);
  });

  it('that carries a message again is not closed, however long the response takes', async () => {
    await send();
    await expect.poll(idleConnections).toHaveLength(1);
    const [connection] = idleConnections();
    const arrived = new Promise<ServedConnection>((resolve) => {
      server.behaviour = resolve;
    });
    const sending = send();
    const { socket } = await arrived;

    connection?.emit('timeout');
    socket.write(OK);

    expect(await sending).toEqual({ backend: 'HttpBackend' });
    expect(server.requests).toEqual([2]);
  });

  it('keeps no process running', async () => {
    const child = fork(fileURLToPath(new URL('../support/sending-process.mjs', import.meta.url)), [server.url], {
      // Long before the connection is closed for being idle.
      timeout: 20_000,
    });

    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(server.requests).toEqual([2]);
    expect(server.connections[0]?.received.join('')).not.toMatch(/^connection: close/im);
  });
});

/** Runs an action in the phase of the event loop that reads connections, so that what arrives now is read after it. */
function whilePolling<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => stat('.', () => resolve(action())));
}

describe('a connection that the provider closed while it was idle', () => {
  it.each([
    ['closed', 'destroy'],
    ['reset', 'resetAndDestroy'],
  ] as const)('and %s just now is not written to: the message goes on a new one', async (_how, close) => {
    for (const run of [whilePolling, <T>(action: () => T) => Promise.resolve(action())]) {
      const before = server.connections.length;
      await send();
      const idle = server.connections.at(-1);

      // Node learns of it only when it reads the connection, which is after the message was given to it.
      await run(() => {
        idle?.socket[close]();
        return send();
      });

      expect(server.requests.slice(before)).toEqual([1, 1]);
      server.connections.at(-1)?.socket.destroy();
    }
  });

  it('is not written to when all idle ones are closed', async () => {
    await openConnections(5);

    for (const { socket } of server.connections) socket.destroy();
    await send();

    expect(server.requests).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('is not written to after it was reported closed', async () => {
    await send();
    const [idle] = server.connections;
    idle?.socket.end();
    if (idle) await once(idle.socket, 'close');
    await send();

    expect(server.requests).toEqual([1, 1]);
  });

  it('with a response that nobody asked for is not written to, and the response is not read', async () => {
    await send();
    server.connections[0]?.socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    await send();

    expect(server.requests).toEqual([1, 1]);
  });

  it('counts as unavailable when no new one can be opened', async () => {
    const gone = await RawServer.start();
    const { url } = gone;
    await send({ url });
    await gone.close();

    expect(await failureOf(send({ url }))).toMatchObject({ kind: 'unavailable' });
  });
});

/** Waits until Node has read the headers of a response. */
function responseBegins(): Promise<void> {
  const channel = 'http.client.response.finish';
  return new Promise((resolve) => {
    const stop = (): void => {
      unsubscribe(channel, stop);
      resolve();
    };
    subscribe(channel, stop);
  });
}

describe('a message that was written', () => {
  it.each<[string, RawServer['behaviour']]>([
    ['reset', ({ socket }) => void socket.resetAndDestroy()],
    ['closed', ({ socket }) => void socket.end()],
    [
      'reset in the middle of the response',
      ({ socket }) => socket.write(OK.slice(0, 9), () => socket.resetAndDestroy()),
    ],
    ['closed in the middle of the response', ({ socket }) => void socket.end(OK.slice(0, -1))],
  ])('is unknown and not repeated when the connection is %s', async (_how, behaviour) => {
    for (const isReused of [false, true]) {
      const before = server.connections.length;
      server.behaviour = ({ socket }) => void socket.write(OK);
      if (isReused) await send();
      server.behaviour = behaviour;

      expect(await failureOf(send())).toMatchObject({ kind: 'unknown' });

      expect(server.requests.slice(before)).toEqual([isReused ? 2 : 1]);
    }
  });

  it('is not repeated on any of the other idle connections', async () => {
    await openConnections(5);
    server.behaviour = ({ socket }) => void socket.resetAndDestroy();

    expect(await failureOf(send())).toMatchObject({ kind: 'unknown' });

    expect(server.requests.toSorted((one, other) => one - other)).toEqual([1, 1, 1, 1, 2]);
  });

  it('in part is unknown when a response began', async () => {
    server.behaviour = () => undefined;
    // More than the buffers of a connection take, so that the response begins before the whole request is written.
    const failing = failureOf(send({ body: () => 'x'.repeat(50_000_000) }));
    await expect.poll(() => server.connections[0]?.received.length ?? 0).toBeGreaterThan(0);
    const began = responseBegins();
    const socket = server.connections[0]?.socket.pause();
    socket?.write(OK.slice(0, -1));
    await began;
    socket?.resetAndDestroy();

    expect(await failing).toMatchObject({ kind: 'unknown' });
    expect(server.requests).toEqual([1]);
  });

  it('in part is not repeated', async () => {
    server.behaviour = () => undefined;
    // More than the buffers of a connection take.
    const body = () => 'x'.repeat(50_000_000);
    await openConnections(1);
    server.connections[0]?.socket.once('data', () => server.connections[0]?.socket.resetAndDestroy());

    expect((await failureOf(send({ body }))).kind).toMatch(/^(?:unknown|unavailable)$/);

    expect(server.requests).toEqual([2]);
  });
});

describe('a message that is given up', () => {
  it('closes its connection, and no idle one', async () => {
    await openConnections(3);
    const controller = new AbortController();
    const written = new Promise<ServedConnection>((resolve) => {
      server.behaviour = resolve;
    });
    const failing = failureOf(send({}, controller.signal));
    const { socket: busy } = await written;
    const closed = once(busy, 'close');

    controller.abort();

    expect(await failing).toMatchObject({ kind: 'unknown' });
    await closed;
    expect(server.connections.filter(({ socket }) => !socket.destroyed)).toHaveLength(2);
  });

  it('closes its connection at the time limit, and the next message goes on another one', async () => {
    await send();
    server.behaviour = () => undefined;
    const [connection] = server.connections;
    const closed = connection && once(connection.socket, 'close');

    expect(await failureOf(send({ timeoutMs: 50 }))).toMatchObject({ kind: 'unknown' });
    await closed;
    server.behaviour = ({ socket }) => void socket.write(OK);
    await send();

    expect(server.requests).toEqual([2, 1]);
  });

  it('while it waits for a connection is unavailable at once, and is never written', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const arrived = new Promise<() => void>((resolve) => {
      server.behaviour = ({ socket }) => resolve(() => socket.write(OK));
    });
    const first = send({ agent });
    const respond = await arrived;
    const controller = new AbortController();
    const waiting = failureOf(send({ agent }, controller.signal));
    await expect.poll(() => Object.keys(agent.requests)).toHaveLength(1);
    controller.abort();

    expect(await waiting).toMatchObject({ kind: 'unavailable' });
    respond();
    await first;
    server.behaviour = ({ socket }) => void socket.write(OK);
    await send({ agent });
    agent.destroy();

    expect(server.requests).toEqual([2]);
  });
});

describe('the header User-Agent', () => {
  it.each(conversations)('is on every request of $wire.name', async ({ wire }) => {
    const provider = await WireServer.start();
    provider.answer(wire.success('message-1'));

    await wire.create({ baseUrl: provider.url }).sendSms(TO, TEXT, sendContext());

    expect(provider.last.headers['user-agent']).toMatch(/\S/);
    await provider.close();
  });

  it('names the library, and HttpBackend can have one of its own', async () => {
    await send();
    await send({ headers: { 'User-Agent': 'acme/1' } });

    const received = server.connections[0]?.received.join('') ?? '';
    expect(received.match(/^user-agent: .*$/gim)).toEqual([
      `user-agent: nestjs-phone-verify/${PACKAGE_VERSION}`,
      'User-Agent: acme/1',
    ]);
  });
});
