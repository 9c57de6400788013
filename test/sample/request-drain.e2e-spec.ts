import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RequestDrain } from '../../sample-app/src/request-drain.js';
import { RawConnection } from '../support/raw-connection.js';

const ADAPTERS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

describe.each(['express', 'fastify'] as const)('the drain of requests on %s', (adapter) => {
  let app: INestApplication;
  let isClosed: boolean;
  let finish: () => void;
  const connections: RawConnection[] = [];

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    if (!isClosed) await app.close();
  });

  async function start(drainSeconds: number): Promise<void> {
    const finished = new Promise<void>((resolve) => (finish = resolve));
    @Controller()
    class SlowController {
      @Get('slow')
      async slow(): Promise<string> {
        await finished;
        return 'finished';
      }

      @Get('fast')
      fast(): string {
        return 'fast';
      }
    }
    const settings = { ignoreEnvFile: true, load: [() => ({ DRAIN_SECONDS: drainSeconds })] };
    const builder = Test.createTestingModule({
      imports: [ConfigModule.forRoot(settings)],
      controllers: [SlowController],
      providers: [RequestDrain],
    });
    const module = await builder.compile();
    app = module.createNestApplication(ADAPTERS[adapter](), { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    isClosed = false;
  }

  async function get(path: string): Promise<RawConnection> {
    const { port }: AddressInfo = app.getHttpServer().address();
    const connection = await RawConnection.open(port);
    connections.push(connection);
    const arrived = new Promise((resolve) => app.getHttpServer().once('request', resolve));
    connection.write(`GET ${path} HTTP/1.1`, 'Host: localhost', '', '');
    await arrived;
    return connection;
  }

  async function close(): Promise<void> {
    await app.close();
    isClosed = true;
  }

  it('waits for the last request, which closes its connection, and closes idle connections', async () => {
    await start(20);
    const kept = await get('/fast');
    await kept.until('fast');
    const slow = await get('/slow');

    const closing = close();
    await vi.waitFor(() => expect(app.getHttpServer().listening).toBe(false));
    await kept.untilClosed();
    const wasClosed = isClosed;
    finish();
    await closing;
    await slow.untilClosed();

    expect(wasClosed).toBe(false);
    expect(slow.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(slow.received).toMatch(/^Connection: close\r\n/im);
    expect(slow.received).toContain('finished');
  });

  it('ends after its time limit, and pending requests are aborted', async () => {
    await start(0);
    const slow = await get('/slow');

    await close();
    await slow.untilClosed();

    expect(slow.received).toBe('');
  });
});
