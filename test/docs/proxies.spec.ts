import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Ip, type INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { read } from './pages.js';

const PAGE = read('docs/production.md');

@Controller()
class AddressController {
  @Get()
  address(@Ip() ip: string | undefined): string {
    return String(ip);
  }
}

/** The settings that the page gives, by its text. */
const SETTINGS: Readonly<Record<string, (module: TestingModule) => INestApplication>> = {
  "app.set('trust proxy', 1)": (module) => {
    const app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.set('trust proxy', 1);
    return app;
  },
  'trustProxy: (_address, hop) => hop === 0': (module) => {
    const adapter = new FastifyAdapter({ trustProxy: (_address, hop) => hop === 0 });
    return module.createNestApplication(adapter, { logger: false });
  },
};

describe.each(Object.entries(SETTINGS))('behind a proxy on a Unix socket, the setting %s', (text, start) => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const socketPath = join(folder, 'app.sock');
  let app: INestApplication;

  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it("is on the page, and gives the address that the proxy added, not the client's own words", async () => {
    const module = await Test.createTestingModule({ controllers: [AddressController] }).compile();
    app = start(module);
    await app.listen(socketPath);

    expect(PAGE).toContain(text);
    expect(await get(socketPath, '198.51.100.1, 203.0.113.7')).toBe('203.0.113.7');
  });
});

async function get(socketPath: string, forwardedFor: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': forwardedFor };
    const call = request({ socketPath, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end();
  });
}
