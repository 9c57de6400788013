import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BulkSendResult, FailoverBackend, type RouteOptions, RoutingBackend } from '../../../lib/index.js';
import {
  failureOf,
  fails,
  hangs,
  pass,
  ScriptedBackend,
  scripted,
  started,
  stopTime,
} from '../../support/composites.js';
import { sendContext } from '../../support/provider-faults.js';

const US = '+14155552671';
const CANADA = '+16135550123';
const PUERTO_RICO = '+17875550123';
const JAMAICA = '+18765550123';
const INDIA = '+919876543210';
const GERMANY = '+4915112345678';
const SATELLITE = '+881612345678';

beforeEach(() => {
  Logger.overrideLogger(false);
});

afterEach(() => {
  vi.useRealTimers();
});

function routing(routes: readonly RouteOptions[], otherwise: ScriptedBackend = scripted('Otherwise')): RoutingBackend {
  return started(new RoutingBackend({ routes, otherwise: { backend: otherwise } }));
}

/** Who is asked for a number, with the country as the library tells it and without. */
async function routeOf(backend: RoutingBackend, number: string, country?: string): Promise<string> {
  const alone = await backend.sendSms(number, 'x');
  expect(await backend.sendSms(number, 'x', sendContext({ country }))).toEqual(alone);
  return alone.backend;
}

describe('RoutingBackend', () => {
  it.each([
    [INDIA, 'IN', 'India'],
    [GERMANY, 'DE', 'Europe'],
    ['+33612345678', 'FR', 'Europe'],
    [US, 'US', 'Otherwise'],
    [SATELLITE, undefined, 'Otherwise'],
  ])('sends to %s by its country %s through %s', async (number, country, expected) => {
    const backend = routing([
      { countries: ['IN'], backend: scripted('India') },
      { countries: ['DE', 'FR'], backend: scripted('Europe') },
    ]);

    expect(await routeOf(backend, number, country)).toBe(expected);
  });

  it.each([
    [US, 'US', 'Usa'],
    [CANADA, 'CA', 'Otherwise'],
    [PUERTO_RICO, 'PR', 'PuertoRico'],
    [JAMAICA, 'JM', 'Jamaica'],
  ])('distinguishes the countries of +1: %s is %s', async (number, country, expected) => {
    const backend = routing([
      { countries: ['US'], backend: scripted('Usa') },
      { countries: ['PR'], backend: scripted('PuertoRico') },
      { countries: ['JM'], backend: scripted('Jamaica') },
    ]);

    expect(await routeOf(backend, number, country)).toBe(expected);
  });

  it.each([
    ['+447400123456', 'GB', 'Britain'],
    ['+447911123456', 'GG', 'Britain'],
    ['+447797123456', 'JE', 'Jersey'],
  ])(
    'counts %s of %s, which shares the ranges of GB, to GB unless it has a route',
    async (number, country, expected) => {
      const backend = routing([
        { countries: ['GB'], backend: scripted('Britain') },
        { countries: ['JE'], backend: scripted('Jersey') },
      ]);

      expect(await routeOf(backend, number, country)).toBe(expected);
    },
  );

  it.each([
    [US, 'US', 'NorthAmerica'],
    [JAMAICA, 'JM', 'NorthAmerica'],
    [PUERTO_RICO, 'PR', 'PuertoRico'],
    ['+17875559999', 'PR', 'Block'],
    [INDIA, 'IN', 'India'],
  ])('lets the longest prefix decide, and only then the country: %s', async (number, country, expected) => {
    const backend = routing([
      { prefixes: ['+1'], backend: scripted('NorthAmerica') },
      { prefixes: ['+178755599'], backend: scripted('Block') },
      { prefixes: ['+1787'], backend: scripted('PuertoRico') },
      { countries: ['JM', 'IN', 'US'], backend: scripted('India') },
    ]);

    expect(await routeOf(backend, number, country)).toBe(expected);
  });

  it('accepts a whole number as a prefix', async () => {
    expect(await routeOf(routing([{ prefixes: [US], backend: scripted('One') }]), US, 'US')).toBe('One');
  });

  it('passes on the context and the text, and throws the error of its backend', async () => {
    const india = scripted('India', fails('rejected'));
    const send = sendContext({ country: 'IN', language: 'hi' });

    expect((await failureOf(routing([{ countries: ['IN'], backend: india }]).sendSms(INDIA, 'text', send))).kind).toBe(
      'rejected',
    );
    expect(india.handed).toEqual([
      { number: INDIA, message: 'text', send: expect.objectContaining({ language: 'hi', sendId: send.sendId }) },
    ]);
  });

  it('ends a backend that hangs at the time limit of one backend', async () => {
    stopTime();
    const sending = failureOf(routing([], scripted('Otherwise', hangs)).sendSms(US, 'x', sendContext()));

    await pass(5000);

    expect((await sending).kind).toBe('unknown');
  });

  it('works without a module, with the default limits', async () => {
    stopTime();
    const otherwise = scripted('Otherwise');
    const backend = new RoutingBackend({ routes: [], otherwise: { backend: otherwise } });

    expect(await backend.sendSms(US, 'x')).toEqual({ backend: 'Otherwise' });
    otherwise.behave = hangs;
    const sending = failureOf(backend.sendSms(US, 'x'));
    await pass(5000);
    expect((await sending).kind).toBe('unknown');
  });

  it('can have failovers in its routes', async () => {
    const [first, second] = [scripted('First', fails('unavailable')), scripted('Second')];
    const backend = routing([
      {
        countries: ['IN'],
        backend: FailoverBackend,
        options: { backends: [{ backend: first }, { backend: second }], deadlineMs: 12_000 },
      },
    ]);

    expect(await routeOf(backend, INDIA, 'IN')).toBe('Second');
    expect(await routeOf(backend, US, 'US')).toBe('Otherwise');
  });

  it('can be inside a failover', async () => {
    const routed = new RoutingBackend({
      routes: [{ countries: ['IN'], backend: scripted('India', fails('unavailable')) }],
      otherwise: { backend: scripted('Otherwise') },
    });
    const backend = started(new FailoverBackend({ backends: [{ backend: routed }, { backend: scripted('Next') }] }));

    expect(await backend.sendSms(INDIA, 'x', sendContext({ country: 'IN' }))).toEqual({ backend: 'Next' });
    expect(await backend.sendSms(US, 'x', sendContext({ country: 'US' }))).toEqual({ backend: 'Otherwise' });
  });
});

/** A backend that answers a bulk send with what a test says. */
class BulkBackend extends ScriptedBackend {
  override behave = () => undefined;
  readonly groups: (readonly string[])[] = [];

  constructor(private readonly answer: (numbers: readonly string[]) => unknown) {
    super({});
  }

  override async sendBulkSms(numbers: readonly string[]): Promise<BulkSendResult | void> {
    this.groups.push(numbers);
    return this.answer(numbers) as Promise<BulkSendResult>;
  }
}

describe('sendBulkSms of a RoutingBackend', () => {
  it('ends the send of the one backend whose account is at fault', async () => {
    const fault = scripted('India', fails('misconfigured'));
    const others = scripted('Others');
    const indian = Array.from({ length: 20 }, (_, index) => `+9198765432${10 + index}`);
    const american = Array.from({ length: 20 }, (_, index) => `+141555526${10 + index}`);

    const results = await routing([{ countries: ['IN'], backend: fault }], others).sendBulkSms(
      [...indian, ...american],
      'notice',
    );

    expect(results.map(({ receipt, error }) => receipt?.backend ?? error?.kind)).toEqual([
      ...Array(20).fill('misconfigured'),
      ...Array(20).fill('Others'),
    ]);
    expect(fault.handed).toHaveLength(5);
  });

  const numbers = [INDIA, US, '+919876543211', GERMANY, INDIA];

  it('passes each backend its numbers together and returns results in the order of the list', async () => {
    const india = new BulkBackend((group) =>
      group.map((number) => ({ number, receipt: { backend: 'Bulk' } })).toReversed(),
    );
    const otherwise = scripted('Otherwise', (_send, number) =>
      number === GERMANY ? fails('throttled')(_send, number) : 0,
    );

    const results = await routing([{ countries: ['IN'], backend: india }], otherwise).sendBulkSms(numbers, 'notice');

    expect(results).toEqual([
      { number: INDIA, receipt: { backend: 'BulkBackend' } },
      { number: US, receipt: { backend: 'Otherwise' } },
      { number: '+919876543211', receipt: { backend: 'BulkBackend' } },
      { number: GERMANY, error: expect.objectContaining({ kind: 'throttled' }) },
      { number: INDIA, receipt: { backend: 'BulkBackend' } },
    ]);
    expect(india.groups).toEqual([[INDIA, '+919876543211']]);
  });

  it.each([
    ['nothing', () => undefined, { receipt: { backend: 'BulkBackend' } }],
    ['something that is no list', () => ({}), { receipt: { backend: 'BulkBackend' } }],
    ['an empty list', () => [], { error: { kind: 'unknown' } }],
    ['a list with holes', () => [null, undefined], { error: { kind: 'unknown' } }],
    ['an error', () => Promise.reject(new Error('boom')), { error: { kind: 'unknown' } }],
    [
      'a refusal',
      () => Promise.resolve().then(() => fails('throttled')(undefined, '')),
      { error: { kind: 'throttled' } },
    ],
  ])('returns a result for every number when a backend returns %s', async (_name, answer, expected) => {
    const backend = routing([{ countries: ['IN'], backend: new BulkBackend(answer) }]);

    expect(await backend.sendBulkSms([INDIA, US], 'notice')).toMatchObject([
      { number: INDIA, ...expected },
      { number: US, receipt: { backend: 'Otherwise' } },
    ]);
  });

  it.each([
    ['in its own bulk send', () => new BulkBackend(hangs)],
    ['for each number', () => scripted('India', hangs)],
  ])('keeps the results of the others when one backend hangs %s', async (_name, create) => {
    stopTime();
    const sending = routing([{ countries: ['IN'], backend: create() }]).sendBulkSms([INDIA, US], 'notice');

    await pass(5000);

    expect(await sending).toMatchObject([
      { number: INDIA, error: { kind: 'unknown' } },
      { number: US, receipt: { backend: 'Otherwise' } },
    ]);
  });

  it('sends a few at a time to a backend without its own bulk send', async () => {
    let under = 0;
    let most = 0;
    const otherwise = scripted('Otherwise', async () => {
      most = Math.max(most, (under += 1));
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    });
    const many = Array.from({ length: 30 }, (_, index) => `+1415555${1000 + index}`);

    const results = await routing([], otherwise).sendBulkSms(many, 'notice');

    expect(results.map(({ number }) => number)).toEqual(many);
    expect(most).toBe(5);
  });
});
