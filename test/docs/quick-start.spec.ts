import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE_VERIFY_CLOCK } from '../../lib/phone-verify.tokens.js';
import { TestClock } from '../support/clock.js';
import { type ExampleFiles, writeExamples } from './example-files.js';
import { blocksOf, ROOT } from './pages.js';

/** A `curl` call of the README: the path and the body that it sends. */
interface Call {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const README = blocksOf('README.md');

const calls: readonly Call[] = README.filter(({ text }) => text.startsWith('curl ')).map(({ text }) => ({
  path: /localhost:3000(\S+)/.exec(text)?.[1] ?? '',
  body: JSON.parse(/-d '([^']+)'/.exec(text)?.[1] ?? ''),
}));

const responses: readonly Record<string, unknown>[] = README.filter(({ language }) => language === 'json').map(
  ({ text }) => JSON.parse(text),
);

/** Where the README's application keeps its rows. */
const DATABASE = join(ROOT, 'app.sqlite');

describe('the quick start of the README', () => {
  let examples: ExampleFiles;
  let app: INestApplication;

  beforeAll(async () => {
    rmSync(DATABASE, { force: true });
    examples = writeExamples('docs-quick-start');
    const { AppModule } = await examples.load('README.md', 'app.module.ts');
    // So that no second passes between the call and its response.
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(PHONE_VERIFY_CLOCK)
      .useValue(new TestClock())
      .compile();
    app = module.createNestApplication({ logger: false });
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    examples.remove();
    rmSync(DATABASE, { force: true });
  });

  it('registers and verifies with its two calls, and gets the responses that it shows', async () => {
    const [register, verify] = calls;
    const [registered, verified] = responses;
    const post = ({ path }: Call, body: object) => request(app.getHttpServer()).post(path).send(body).expect(200);

    const sent = await post(register!, register!.body);
    const checked = await post(verify!, { ...verify!.body, session_token: sent.body.session_token });

    expect(calls).toHaveLength(2);
    expect(verify?.body['session_token']).toBe(registered?.['session_token']);
    expect(registered).toEqual({ ...sent.body, session_token: expect.stringMatching(/^[\w-]{43}$/) });
    expect(verified).toEqual({ ...checked.body, verification_token: expect.stringMatching(/^[\w-]{43}$/) });
  });
});
