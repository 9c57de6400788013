import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type BaseBackend,
  FailoverBackend,
  HttpBackend,
  SmsDeliveryError,
  SMSVerification,
} from '../../../lib/index.js';
import { TwilioBackend } from '../../../lib/backends/twilio/index.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { fails, hangs, pass, type ScriptedBackend, scripted, stopTime } from '../../support/composites.js';
import { NUMBER, CORRECT_CODE, verify } from '../../support/requests.js';
import { WireServer } from '../../support/wire-server.js';

const AREAS = [205, 212, 303, 312, 404, 415, 503, 617, 702, 808];

let application: TestApplication | undefined;
let server: WireServer | undefined;

beforeEach(() => {
  Logger.overrideLogger(false);
});

afterEach(async () => {
  vi.useRealTimers();
  await application?.close();
  await server?.close();
  [application, server] = [undefined, undefined];
});

/** Numbers of different people in different places. */
function numberOf(index: number): string {
  return `+1${AREAS[index % AREAS.length]}555${String(2000 + index)}`;
}

async function start(...backends: readonly BaseBackend<unknown>[]): Promise<TestApplication> {
  const options = { backends: backends.map((backend) => ({ backend })) };
  application = await startApplication({
    phoneVerify: { backend: FailoverBackend, options },
  });
  return application;
}

describe('an outage of a minute at the preferred provider', () => {
  const STEP_MS = 500;
  const OUTAGE_MS = 60_000;

  /** A person every half second for two minutes; the provider is out from the 15th second to the 75th. */
  async function liveThrough(first: ScriptedBackend, behaviour: ScriptedBackend['behave']): Promise<number[]> {
    const { service, clock } = await start(first, scripted('Second'));
    stopTime();
    const begin = performance.now();
    const took: number[] = [];
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < 240; index += 1) {
      const from = performance.now();
      const isOut = from - begin >= 15_000 && from - begin < 15_000 + OUTAGE_MS;
      first.behave = isOut ? behaviour : () => undefined;
      const sending = service.sendSecurityCode(numberOf(index));
      sends.push(sending.then(() => took.push(performance.now() - from)));
      await pass(STEP_MS);
      clock.advance(STEP_MS / 1000);
    }
    await pass(20_000);
    await Promise.all(sends);
    return took;
  }

  it.each([
    ['refuses', fails('unavailable')],
    ['hangs', hangs],
    ['responds with 500', fails('unknown')],
    ['throttles', fails('throttled', 10)],
    ['refuses the credentials', fails('misconfigured')],
  ])('that %s fails no request', async (_name, behaviour) => {
    const first = scripted('First');

    const took = await liveThrough(first, behaviour);

    expect(took).toHaveLength(240);
    expect(Math.max(...took)).toBeLessThanOrEqual(5000);
    const { dataSource } = application!;
    const rows = await dataSource.getRepository(SMSVerification).find();
    const bySecond = rows.filter(({ backend }) => backend === 'Second').length;
    // The provider was out for 120 of the sends, and was tried again at most half a minute after it was back.
    expect(bySecond).toBeGreaterThanOrEqual(120);
    expect(bySecond).toBeLessThanOrEqual(120 + 60 + 10);
    expect(rows.toSorted((one, other) => Number(one.createdAt) - Number(other.createdAt)).at(-1)?.backend).toBe(
      'First',
    );
    // While it was out it was left alone but for the failures that opened the breaker, and trials.
    expect(first.handed.length - (240 - bySecond)).toBeLessThanOrEqual(20);
  });
});

describe('a hundred sends that hang at once', () => {
  /** Milliseconds that each of twenty checks over HTTP takes, the middle one. */
  async function checkSpeed({ app }: TestApplication): Promise<number> {
    const took: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      const from = performance.now();
      const { status } = await verify(app, NUMBER, 'unknown-session-token', CORRECT_CODE);
      took.push(performance.now() - from);
      expect(status).toBe(400);
    }
    return took.toSorted((one, other) => one - other)[10]!;
  }

  it.each<[string, (url: string) => BaseBackend<unknown>]>([
    ['HttpBackend', (url) => new HttpBackend({ url, body: (to, text) => ({ to, text }) })],
    ['TwilioBackend', (baseUrl) => new TwilioBackend({ sid: 'AC1', secret: 's', from: 'Acme', baseUrl })],
  ])('in %s do not slow down other requests, and close their connections', async (_name, create) => {
    server = await WireServer.start();
    server.hang();
    const started = await start(create(server.url));
    await checkSpeed(started);
    const alone = await checkSpeed(started);

    const sends = Array.from({ length: 100 }, (_, index) => started.service.sendSecurityCode(numberOf(index)));
    const outcomes = Promise.allSettled(sends);
    await expect.poll(() => server?.requests.length, { timeout: 10_000 }).toBe(100);
    const beside = await checkSpeed(started);
    expect(server.openConnections).toBe(100);

    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(SmsDeliveryError) });
    }
    // Loose: it is not the speed that is measured, but that nothing waits.
    expect(beside).toBeLessThan(5 * alone + 20);
    await expect.poll(() => server?.openConnections).toBe(0);
  });
});
