import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawConnection } from '../support/raw-connection.js';
import { type ExampleFiles, writeExamples } from './example-files.js';

const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-shutdown');
});

afterAll(() => examples.remove());

describe.each(['express', 'fastify'] as const)('the drain of the page about production, on %s', (adapter) => {
  const connections: RawConnection[] = [];

  afterEach(() => {
    for (const connection of connections.splice(0)) connection.destroy();
  });

  async function start(untilFinished: Promise<void>): Promise<INestApplication> {
    @Controller()
    class SlowController {
      @Get('slow')
      async slow(): Promise<string> {
        await untilFinished;
        return 'finished';
      }
    }
    const { RequestDrain } = await examples.load('docs/production.md', 'request-drain.ts');
    const builder = Test.createTestingModule({ controllers: [SlowController], providers: [RequestDrain] });
    const app = (await builder.compile()).createNestApplication(ADAPTERS[adapter](), {
      logger: false,
      forceCloseConnections: true,
    });
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async function connect(app: INestApplication): Promise<RawConnection> {
    const { port }: AddressInfo = app.getHttpServer().address();
    const connection = await RawConnection.open(port);
    connections.push(connection);
    return connection;
  }

  it('lets a request in flight finish, closes its connection, and cuts one without a request', async () => {
    let finish: () => void = () => undefined;
    const app = await start(new Promise((resolve) => (finish = resolve)));
    const [silent, slow] = [await connect(app), await connect(app)];
    const arrived = new Promise((resolve) => app.getHttpServer().once('request', resolve));
    slow.write('GET /slow HTTP/1.1', 'Host: localhost', '', '');
    await arrived;

    const closed = app.close();
    await vi.waitFor(() => expect(app.getHttpServer().listening).toBe(false));
    finish();
    await closed;
    await slow.untilClosed();
    await silent.untilClosed();

    expect(slow.received).toMatch(/^Connection: close\r\n/im);
    expect(slow.received).toContain('finished');
    expect(silent.received).toBe('');
  });
});
