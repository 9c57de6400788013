import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PHONE_VERIFY_BACKEND } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import {
  type Act,
  ask,
  DAY,
  guess,
  HOUR,
  MINUTE,
  mostInAWindow,
  newTally,
  play,
  ProviderWithAnOutage,
  repeatableNumbers,
  spellingsOf,
  documentedTable,
  type Tally,
} from './simulation.js';

/** The range that is pumped: ten thousand numbers, one prefix. */
const PREFIX = '+1212736';
const PUMPED_FOR = 2 * HOUR;
const BOMBED = ['415', '555', '2671'] as const;
const GUESSED_AT = '+33612345678';
const WRONG_CODES = ['000001', '000002', '000003', '000004'];
const RIGHT_CODE = '123456';

describe('a week under attack, with the defaults', () => {
  const [pumping, bombing, guessing, outside, inside] = [newTally(), newTally(), newTally(), newTally(), newTally()];
  const random = repeatableNumbers(7);
  let application: TestApplication;

  beforeAll(async () => {
    application = await startApplication({ phoneVerify: { backend: ProviderWithAnOutage, limits: {} } });
    const provider = application.app.get<unknown, ProviderWithAnOutage>(PHONE_VERIFY_BACKEND);
    await play(application, [
      ...pump(),
      ...bomb(),
      ...guessForAWeek(),
      ...honestPeople(500, outside, DAY, (index) => `+3367${String(index).padStart(3, '0')}${4000 + index}`),
      ...honestPeople(20, inside, PUMPED_FOR, (index) => PREFIX + String(index * 500 + 250).padStart(4, '0')),
      { at: 3 * DAY, perform: async () => void (provider.isDown = true) },
      { at: 4 * DAY, perform: async () => void (provider.isDown = false) },
    ]);
  }, 240_000);

  afterAll(() => application.close());

  function pump(): Act[] {
    return Array.from({ length: 10_000 }, (_, index) => {
      const at = (index * PUMPED_FOR) / 10_000;
      const number = PREFIX + String(index).padStart(4, '0');
      const ip = `198.18.0.${index % 200}`;
      return { at, perform: async () => void (await ask(application, pumping, at, number, { ip })) };
    });
  }

  function bomb(): Act[] {
    const spellings = spellingsOf(BOMBED);
    return Array.from({ length: 5000 }, (_, index) => {
      const at = (index * DAY) / 5000;
      const ip = `198.19.${(index % 1000) >> 8}.${index & 255}`;
      const spelling = spellings[index % spellings.length] ?? '';
      return { at, perform: async () => void (await ask(application, bombing, at, spelling, { ip })) };
    });
  }

  function guessForAWeek(): Act[] {
    return Array.from({ length: (7 * DAY) / MINUTE }, (_, index) => {
      const at = index * MINUTE;
      const ip = `2001:db8:${(index % 1000).toString(16)}::1`;
      const perform = async (): Promise<void> => {
        const session = await ask(application, guessing, at, GUESSED_AT, { ip });
        if (session !== undefined) await guess(application, guessing, at, session, WRONG_CODES);
      };
      return { at, perform };
    });
  }

  function honestPeople(count: number, tally: Tally, within: number, numberOf: (index: number) => string): Act[] {
    return Array.from({ length: count }, (_, index) => {
      const at = Math.floor(random() * within);
      const ip = `203.0.${within === DAY ? index >> 8 : 100}.${index & 255}`;
      const perform = async (): Promise<void> => {
        const session = await ask(application, tally, at, numberOf(index), { ip });
        if (session === undefined) return;
        await application.service.verifySecurityCode(session.phoneNumber, RIGHT_CODE, session.sessionToken);
      };
      return { at, perform };
    });
  }

  it('sends a pumped range no more than the prefix limit in a window', () => {
    expect(pumping.requests).toBe(10_000);
    expect(mostInAWindow(pumping.sent, HOUR)).toBeLessThanOrEqual(100);
    expect(pumping.sent.length).toBeGreaterThan(0);
  });

  it('sends a bombed number ten messages in a window of a day', () => {
    expect(bombing.requests).toBe(5000);
    expect(mostInAWindow(bombing.sent, DAY)).toBe(10);
  });

  it('compares fifty guesses at most in a window of a day, also on the day on which the provider is down', () => {
    expect(mostInAWindow(guessing.guessed, DAY)).toBeLessThanOrEqual(50);
    const onTheDayWithout = guessing.guessed.filter((at) => at >= 3 * DAY && at < 4 * DAY);
    expect(onTheDayWithout.length).toBeGreaterThan(0);
  });

  it('refuses nobody outside the attacked number, prefix and addresses', () => {
    expect(outside).toMatchObject({ requests: 500, refused: 0 });
  });

  it('is what the page about limits says', () => {
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
