import type { INestApplication } from '@nestjs/common';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { twilioWire } from '../backends/wire/twilio.wire.js';
import { vonageWire } from '../backends/wire/vonage.wire.js';
import { type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, register, verify } from '../support/requests.js';
import { startSample, stopSample } from '../support/sample-application.js';
import { WireServer } from '../support/wire-server.js';

describe('the sample application with providers', () => {
  let database: FreshDatabase;
  let twilio: WireServer;
  let vonage: WireServer;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    database = await freshDatabase('sqlite');
    [twilio, vonage] = [await WireServer.start(), await WireServer.start()];
    twilio.answer(twilioWire.success('at-twilio'));
    vonage.answer(vonageWire.success('at-vonage'));
  });

  afterEach(async () => {
    await stopSample(app);
    app = undefined;
    await Promise.all([twilio.close(), vonage.close()]);
    await database.drop();
  });

  async function start(chosen: string): Promise<INestApplication> {
    app = await startSample(database, {
      PHONE_VERIFY_BACKEND: chosen,
      TWILIO_SID: 'AC1',
      TWILIO_SECRET: 'secret-of-twilio',
      TWILIO_FROM: '+15005550006',
      TWILIO_BASE_URL: twilio.url,
      VONAGE_KEY: 'key',
      VONAGE_SECRET: 'secret-of-vonage',
      VONAGE_FROM: 'Acme',
      VONAGE_BASE_URL: vonage.url,
    });
    return app;
  }

  /** The code in a text. */
  function codeIn(text: unknown): string {
    return /\b\d{6}\b/.exec(String(text))?.[0] ?? '';
  }

  it('sends through the selected provider, and accepts the code', async () => {
    const sample = await start('twilio');

    const { body } = await register(sample).expect(200);
    const sent = new URLSearchParams(twilio.last.body);
    await verify(sample, NUMBER, body.session_token, codeIn(sent.get('Body'))).expect(200);

    expect(sent.get('To')).toBe(NUMBER);
    expect(vonage.requests).toHaveLength(0);
  });

  it('sends through the second provider if the first fails, and accepts the code of both', async () => {
    const sample = await start('twilio,vonage');
    twilio.answer({ status: 500, body: '<html>trouble</html>' });

    const { body } = await register(sample).expect(200);
    const code = codeIn(JSON.parse(vonage.last.body).text);
    expect(codeIn(new URLSearchParams(twilio.last.body).get('Body'))).toBe(code);
    await verify(sample, NUMBER, body.session_token, code).expect(200);
  });

  it('does not call the second provider if the first sends', async () => {
    await register(await start('twilio,vonage')).expect(200);

    expect([twilio.requests.length, vonage.requests.length]).toEqual([1, 0]);
  });

  it('shows no outbox', async () => {
    const sample = await start('twilio');
    await register(sample).expect(200);

    await request(sample.getHttpServer()).get('/outbox').expect(404);
  });

  it('does not start without a variable that the provider requires', async () => {
    const starting = startSample(database, { PHONE_VERIFY_BACKEND: 'plivo', PLIVO_AUTH_ID: 'MA1' });

    await expect(starting).rejects.toThrow('PLIVO_AUTH_TOKEN is not set, and PHONE_VERIFY_BACKEND=plivo needs it');
  });
});
