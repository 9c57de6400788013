import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { PHONE_VERIFY_BACKEND, SandboxBackend } from 'nestjs-phone-verify';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxService } from '../../sample-app/src/outbox/outbox.service.js';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, register } from '../support/requests.js';
import { startSample, stopSample } from '../support/sample-application.js';

describe('the outbox of the sample', () => {
  let database: FreshDatabase;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    database = await freshDatabase('sqlite');
  });

  afterEach(async () => {
    await stopSample(app);
    app = undefined;
    await database.drop();
  });

  /** Opens the stream of the messages to a number. */
  async function openStream(sample: INestApplication, phoneNumber: string) {
    await sample.listen(0, '127.0.0.1');
    const { port }: AddressInfo = sample.getHttpServer().address();
    const response = await fetch(`http://127.0.0.1:${port}/outbox/stream?to=${encodeURIComponent(phoneNumber)}`);
    const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    /** Reads until a number of messages has arrived or the stream ends. */
    const read = async (messages: number): Promise<string[]> => {
      while (text.split('data: ').length <= messages) {
        const { done, value } = (await chunks?.read()) ?? { done: true };
        if (done) break;
        text += value;
      }
      return text.split('data: ').slice(1);
    };
    return { response, read };
  }

  it('streams the existing and new messages to a number, and no others', async () => {
    app = await startSample(database);
    await register(app, NUMBER).expect(200);
    const { response, read } = await openStream(app, '+1 (415) 555-2671');
    expect(await read(1)).toHaveLength(1);

    await register(app, OTHER_NUMBER).expect(200);
    const backend = app.get<SandboxBackend>(PHONE_VERIFY_BACKEND);
    await backend.sendSms(NUMBER, 'the next one');
    const messages = await read(2);

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(messages).toHaveLength(2);
    expect(messages[1]).toContain('the next one');
  });

  it.each(['', '?to=%2B14155552671&to=%2B14155552671', '?to[0]=%2B14155552671'])(
    'refuses the stream of %j, which is not a number',
    async (query) => {
      app = await startSample(database);

      await request(app.getHttpServer()).get(`/outbox/stream${query}`).expect(400);
    },
  );

  it('ends its streams when the application shuts down', async () => {
    app = await startSample(database);
    const { read } = await openStream(app, NUMBER);

    await stopSample(app);
    app = undefined;

    expect(await read(1)).toEqual([]);
  });

  describe.each(['/outbox', '/outbox/stream?to='])('at %s', (path) => {
    it.each([
      'attacker.example',
      'attacker.example:3000',
      'localhost.attacker.example',
      'attacker.example:localhost',
      '127.0.0.1.attacker.example',
      'localhost@attacker.example',
      '192.168.1.7:3000',
      '0.0.0.0:3000',
      '[::]:3000',
      '[::2]',
      '::1',
      'localhost:',
      '',
    ])('is not shown to a page that reached this machine as %j', async (host) => {
      app = await startSample(database);
      await register(app, NUMBER).expect(200);

      const { status, body } = await request(app.getHttpServer()).get(path).set('Host', host);

      expect(status).toBe(403);
      expect(body.message).toBe('The outbox responds to localhost, 127.0.0.1 and [::1] only.');
    });
  });

  it.each(['localhost', 'localhost:3000', 'LOCALHOST:3000', '127.0.0.1', '127.0.0.1:3000', '[::1]', '[::1]:3000'])(
    'is shown at %s',
    async (host) => {
      app = await startSample(database);

      await request(app.getHttpServer()).get('/outbox').set('Host', host).expect(200);
      const { text } = await request(app.getHttpServer()).get('/').set('Host', host).expect(200);

      expect(text).toContain('data-sandbox="true"');
    },
  );

  it('is not mentioned by a page that was loaded under another host name', async () => {
    app = await startSample(database);

    const { text } = await request(app.getHttpServer()).get('/').set('Host', 'sample.example').expect(200);

    expect(text).toContain('data-sandbox="false"');
  });

  it.each(['/outbox', '/outbox/stream?to=%2B14155552671'])('does not exist at %s if a provider sends', async (path) => {
    const provider = { HTTP_URL: 'https://sms.example.com', HTTP_AUTHORIZATION: 'Bearer x' };
    app = await startSample(database, { PHONE_VERIFY_BACKEND: 'http', ...provider });

    await request(app.getHttpServer()).get(path).expect(404);
    const { text } = await request(app.getHttpServer()).get('/').expect(200);
    expect(text).toContain('data-sandbox="false"');
  });

  it('is not shown in production, whichever backend sends', () => {
    const outbox = (environment: string): OutboxService =>
      new OutboxService(new SandboxBackend({}), new ConfigService({ NODE_ENV: environment }));

    expect(outbox('development').isShown).toBe(true);
    expect(outbox('production').isShown).toBe(false);
    expect(() => outbox('production').list()).toThrow('Not Found');
    expect(() => outbox('production').watch(NUMBER)).toThrow('Not Found');
  });
});
