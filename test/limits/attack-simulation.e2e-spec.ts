import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE_VERIFY_BACKEND } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import {
  type Action,
  requestCode,
  DAY,
  guess,
  HOUR,
  MINUTE,
  mostInOneWindow,
  newTally,
  simulate,
  ProviderWithAnOutage,
  randomInstants,
  notationsOf,
  documentedTable,
  type Tally,
} from './simulation.js';

/** The range of the SMS pumping: ten thousand numbers with one prefix. */
const PREFIX = '+1212736';
const PUMPING_SECONDS = 2 * HOUR;
const BOMBED_NUMBER = ['415', '555', '2671'] as const;
const GUESSED_NUMBER = '+33612345678';
const WRONG_CODES = ['000001', '000002', '000003', '000004'];
const CORRECT_CODE = '123456';

describe('the default limits, in a week of attacks,', () => {
  const [pumping, bombing, guessing, outside, inside] = [newTally(), newTally(), newTally(), newTally(), newTally()];
  let application: TestApplication;

  beforeAll(async () => {
    application = await startApplication({ phoneVerify: { backend: ProviderWithAnOutage, limits: {} } });
    const provider = application.app.get<unknown, ProviderWithAnOutage>(PHONE_VERIFY_BACKEND);
    await simulate(application, [
      ...pump(),
      ...bomb(),
      ...guessForAWeek(),
      ...honestUsers(500, outside, DAY, (index) => `+3367${String(index).padStart(3, '0')}${4000 + index}`),
      ...honestUsers(20, inside, PUMPING_SECONDS, (index) => PREFIX + String(index * 500 + 250).padStart(4, '0')),
      { at: 3 * DAY, perform: async () => void (provider.isDown = true) },
      { at: 4 * DAY, perform: async () => void (provider.isDown = false) },
    ]);
  }, 240_000);

  afterAll(() => application.close());

  function pump(): Action[] {
    return Array.from({ length: 10_000 }, (_, index) => {
      const at = (index * PUMPING_SECONDS) / 10_000;
      const number = PREFIX + String(index).padStart(4, '0');
      const ip = `198.18.0.${index % 200}`;
      return { at, perform: async () => void (await requestCode(application, pumping, at, number, { ip })) };
    });
  }

  function bomb(): Action[] {
    const notations = notationsOf(BOMBED_NUMBER);
    return Array.from({ length: 5000 }, (_, index) => {
      const at = (index * DAY) / 5000;
      const ip = `198.19.${(index % 1000) >> 8}.${index & 255}`;
      const notation = notations[index % notations.length] ?? '';
      return { at, perform: async () => void (await requestCode(application, bombing, at, notation, { ip })) };
    });
  }

  function guessForAWeek(): Action[] {
    return Array.from({ length: (7 * DAY) / MINUTE }, (_, index) => {
      const at = index * MINUTE;
      const ip = `2001:db8:${(index % 1000).toString(16)}::1`;
      const perform = async (): Promise<void> => {
        const session = await requestCode(application, guessing, at, GUESSED_NUMBER, { ip });
        if (session !== undefined) await guess(application, guessing, at, session, WRONG_CODES);
      };
      return { at, perform };
    });
  }

  function honestUsers(count: number, tally: Tally, within: number, numberOf: (index: number) => string): Action[] {
    return randomInstants(count, within, 7).map((at, index) => {
      const ip = `203.0.${within === DAY ? index >> 8 : 100}.${index & 255}`;
      const perform = async (): Promise<void> => {
        const session = await requestCode(application, tally, at, numberOf(index), { ip });
        if (session === undefined) return;
        await application.service.verifySecurityCode(session.phoneNumber, CORRECT_CODE, session.sessionToken);
      };
      return { at, perform };
    });
  }

  it('bound the messages to a pumped range to the prefix limit in each window', () => {
    expect(pumping.requests).toBe(10_000);
    expect(mostInOneWindow(pumping.sent, HOUR)).toBeLessThanOrEqual(100);
    expect(pumping.sent.length).toBeGreaterThan(0);
  });

  it('bound the messages to a bombed number to ten in each window of a day', () => {
    expect(bombing.requests).toBe(5000);
    expect(mostInOneWindow(bombing.sent, DAY)).toBe(10);
  });

  it('bound the guesses at a number to fifty in each window of a day, even while the provider is down', () => {
    expect(mostInOneWindow(guessing.guessed, DAY)).toBeLessThanOrEqual(50);
    const onTheDayOfTheOutage = guessing.guessed.filter((at) => at >= 3 * DAY && at < 4 * DAY);
    expect(onTheDayOfTheOutage.length).toBeGreaterThan(0);
  });

  it('refuse no user outside the attacked number, prefix and addresses', () => {
    expect(outside).toMatchObject({ requests: 500, refused: 0 });
  });

  it('have the results that docs/limits.md lists', () => {
    const row = (name: string, { requests, sent, guessed }: Tally, people: string): string =>
      `| ${[name, requests, sent.length, guessed.length, people].join(' | ')} |`;
    expect(documentedTable('| A simulated week').slice(2)).toEqual(
      [
        row('10 000 numbers of one range, requested in 2 hours from 200 addresses', pumping, ''),
        row('One number, requested all day from 1 000 addresses in 20 spellings', bombing, ''),
        row('A guesser who registers again after every four wrong codes, all week', guessing, ''),
        row('500 people outside the attacked number, prefix and addresses', outside, `${outside.refused} of 500`),
        row('20 people inside the attacked prefix', inside, `${inside.refused} of 20`),
      ].map((line) => line.replace(/\s+/g, ' ')),
    );
  });
});
