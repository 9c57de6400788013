import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BaseBackend, FailoverBackend, HttpBackend, SmsDeliveryError } from '../../lib/index.js';
import { started } from '../support/composites.js';
import { sendContext, TEXT, TO } from '../support/provider-faults.js';
import { WireServer } from '../support/wire-server.js';
import { infobipWire } from './wire/infobip.wire.js';
import { telnyxWire } from './wire/telnyx.wire.js';
import { twilioWire } from './wire/twilio.wire.js';
import { vonageWire } from './wire/vonage.wire.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const TIMEOUT_MS = 100;

let server: WireServer;

beforeAll(() => Logger.overrideLogger(false));

afterEach(() => server.close());

/** Sends that nobody answers; afterwards only the library could still hold what it was handed. */
async function hangingSends(backend: BaseBackend<unknown>): Promise<WeakRef<object>[]> {
  const contexts = Array.from({ length: 100 }, () => sendContext());
  const outcomes = await Promise.allSettled(contexts.map((context) => backend.sendSms(TO, TEXT, context)));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(SmsDeliveryError) });
  }
  return contexts.flatMap((context) => [new WeakRef(context), new WeakRef(context.signal)]);
}

/** Of a busy machine: how long to look again, in milliseconds. */
const PATIENCE = { timeout: 10_000 };

describe('a hundred hanging sends leave nothing in memory', () => {
  it.each<[string, (url: string) => BaseBackend<unknown>]>([
    ['HttpBackend', (url) => new HttpBackend({ url, body: () => ({}), timeoutMs: TIMEOUT_MS })],
    [
      'FailoverBackend',
      (url) =>
        new FailoverBackend({
          backends: [{ backend: HttpBackend, options: { url, body: () => ({}), timeoutMs: TIMEOUT_MS } }],
        }),
    ],
    ...[twilioWire, vonageWire, telnyxWire, infobipWire].map(
      ({ name, create }): [string, (url: string) => BaseBackend<unknown>] => [
        name,
        (baseUrl) => create({ baseUrl, timeoutMs: TIMEOUT_MS }),
      ],
    ),
  ])('of %s', async (_name, create) => {
    server = await WireServer.start();
    server.hang();
    const handed = await hangingSends(started(create(server.url)));

    await expect.poll(() => server.openConnections, PATIENCE).toBe(0);
    await expect
      .poll(() => {
        collectGarbage();
        return handed.filter((reference) => reference.deref() !== undefined).length;
      }, PATIENCE)
      .toBe(0);
  });
});
