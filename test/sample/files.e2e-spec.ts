import type { INestApplication } from '@nestjs/common';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { openSession, post, CORRECT_CODE, verify } from '../support/requests.js';
import { startSample, stopSample } from '../support/sample-application.js';

/** Content types by file extension. */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

describe('the files that the sample serves', () => {
  let database: FreshDatabase;
  let app: INestApplication;
  let cookie: string;

  beforeAll(async () => {
    database = await freshDatabase('sqlite');
    app = await startSample(database);
    const number = '+14155552671';
    const { body } = await verify(app, number, await openSession(app, number), CORRECT_CODE);
    const account = { username: 'ada', verification_token: body.verification_token };
    const { headers } = await post(app, '/users/sign-up', account).expect(201);
    cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  });

  afterAll(async () => {
    await stopSample(app);
    await database.drop();
  });

  async function get(path: string): Promise<Response> {
    return request(app.getHttpServer())
      .get(path)
      .set('Cookie', path === '/account' ? cookie : '');
  }

  /** The URLs of the files that a page or a module refers to. */
  function filesOf(text: string, base: string): string[] {
    const named = text.matchAll(/(?:<(?:link|script|img)[^>]*\s(?:href|src)=|from |import )["']([^"']+)["']/g);
    return Array.from(named, ([, address = '']) => new URL(address, `http://sample${base}`).pathname);
  }

  it.each(['/', '/sign-in', '/account'])('include every file that %s and its files refer to', async (page) => {
    const { status, text } = await get(page);
    const files = new Set(filesOf(text, page));
    for (const file of files) {
      const response = await get(file);
      expect([file, response.status, response.headers['content-type']]).toEqual([
        file,
        200,
        TYPES[file.split('.').at(-1) ?? ''],
      ]);
      if (file.endsWith('.js')) for (const imported of filesOf(response.text, file)) files.add(imported);
    }

    expect(status).toBe(200);
    expect(files.size).toBeGreaterThan(3);
  });

  it.each(['/', '/sign-in', '/account', '/assets/base.css', '/client/index.js', '/outbox', '/nothing'])(
    'have the security headers at %s',
    async (path) => {
      const { headers } = await get(path);

      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      });
      expect(headers['x-powered-by']).toBeUndefined();
    },
  );

  it.each(['/', '/sign-in', '/account'])('contain no inline script or style in %s', async (page) => {
    const { text } = await get(page);

    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:|https?:/);
  });

  it.each([
    '/assets/../.env.example',
    '/assets/%2e%2e/.env.example',
    '/assets/..%2f..%2fpackage.json',
    '/client/..%2findex.js',
    '/client/%2e%2e/index.js',
    '/assets/',
    '/client/',
    '/pages/account.html',
  ])('do not include %s', async (path) => {
    expect((await get(path)).status).toBeGreaterThanOrEqual(400);
  });
});
