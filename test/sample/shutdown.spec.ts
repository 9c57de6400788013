import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawConnection } from '../support/raw-connection.js';
import { NUMBER } from '../support/requests.js';
import { CompiledSample, type SampleProcess } from '../support/sample-process.js';

/** The shortest time that an orchestrator usually waits. */
const EXIT_WITHIN_MS = 10_000;

const BODY = JSON.stringify({ phone_number: NUMBER });

describe('SIGTERM to the sample', () => {
  let compiled: CompiledSample;
  let sample: SampleProcess;
  const connections: RawConnection[] = [];

  beforeAll(() => {
    compiled = new CompiledSample();
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    await sample.kill();
  });

  afterAll(() => compiled.remove());

  async function open(): Promise<RawConnection> {
    const connection = await RawConnection.open(sample.port);
    connections.push(connection);
    return connection;
  }

  /** Opens a connection that stays open after a response. */
  async function openIdle(): Promise<RawConnection> {
    const connection = await open();
    connection.write('GET /assets/icon.svg HTTP/1.1', 'Host: localhost', '', '');
    await connection.until('</svg>');
    return connection;
  }

  /** Opens a request whose handler waits for the rest of its body. */
  async function openSlow(): Promise<RawConnection> {
    const connection = await open();
    const headers = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${BODY.length}`];
    connection.write('POST /phone/register HTTP/1.1', ...headers, 'Expect: 100-continue', '', BODY.slice(0, 5));
    await connection.until('100 Continue');
    return connection;
  }

  async function openStream(): Promise<RawConnection> {
    const connection = await open();
    connection.write('GET /outbox/stream?to=%2B14155552671 HTTP/1.1', 'Host: localhost', '', '');
    await connection.until('text/event-stream');
    return connection;
  }

  async function untilItStoppedListening(): Promise<void> {
    const tryToConnect = async (): Promise<string> =>
      RawConnection.open(sample.port).then(
        (connection) => {
          connection.destroy();
          return 'connected';
        },
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
    await vi.waitFor(async () => expect(await tryToConnect()).toBe('ECONNREFUSED'), { timeout: 5000 });
  }

  it('lets a pending request finish and closes its connection, then the process exits', async () => {
    sample = await compiled.start();
    const slow = await openSlow();

    sample.terminate();
    const exit = sample.untilExit();
    await untilItStoppedListening();
    slow.write(BODY.slice(5));
    await slow.until('"session_token"');

    expect(slow.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/m);
    expect(slow.received).toMatch(/^Connection: close\r\n/im);
    expect(await exit).toBeLessThan(EXIT_WITHIN_MS);
  });

  it('serves a request that arrives on an open connection meanwhile, and closes the connection', async () => {
    sample = await compiled.start();
    const [slow, fresh] = [await openSlow(), await open()];

    sample.terminate();
    await untilItStoppedListening();
    fresh.write('GET /assets/icon.svg HTTP/1.1', 'Host: localhost', '', '');
    await fresh.until('</svg>');
    await fresh.untilClosed();

    expect(fresh.received).toMatch(/^Connection: close\r\n/im);
    slow.write(BODY.slice(5));
    await slow.until('"session_token"');
  });

  it('exits while clients keep connections and event streams open', async () => {
    sample = await compiled.start({ DRAIN_SECONDS: '8' });
    const idle = [await openIdle(), await openIdle(), await open()];
    const streams = [await openStream(), await openStream()];
    const half = await open();
    half.write('GET /account HTTP/1.1', 'Host: loc');

    sample.terminate();
    const milliseconds = await sample.untilExit();
    await Promise.all([...idle, ...streams, half].map((connection) => connection.untilClosed()));

    // Immediately, because none of these is a request that could finish.
    expect(milliseconds).toBeLessThan(4000);
    // The last chunk: the server ended the streams and did not cut them.
    expect(streams.map(({ received }) => received.endsWith('0\r\n\r\n'))).toEqual([true, true]);
  });

  it('aborts a request that does not finish within DRAIN_SECONDS', async () => {
    sample = await compiled.start({ DRAIN_SECONDS: '1' });
    const slow = await openSlow();

    sample.terminate();
    const milliseconds = await sample.untilExit();
    await slow.untilClosed();

    expect(milliseconds).toBeGreaterThan(900);
    expect(milliseconds).toBeLessThan(EXIT_WITHIN_MS);
    expect(slow.received).not.toContain('200 OK');
  });
});
