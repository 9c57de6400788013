import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readIdentifyClient } from '../../lib/http/identify-client.js';
import { readAuthorizeSend } from '../../lib/limits/authorize-send.js';
import { readLimits } from '../../lib/limits/limit-readers.js';
import type { ResolvedLimits } from '../../lib/limits/limits.options.js';
import { OptionReader } from '../../lib/common/option-reader.js';

const HOUR = { max: 5, seconds: 3600 };

/** The limit that has no option. */
const TEST_NUMBERS = { rule: 'testNumbers', max: 100, seconds: 3600, mode: 'enforce' } as const;

class FakeRedis {
  readonly password = 'hunter2';

  async eval(): Promise<unknown> {
    return null;
  }

  async evalsha(): Promise<unknown> {
    return null;
  }
}

function answer(): null {
  return null;
}

function read(limits: unknown): { readonly limits: ResolvedLimits; readonly faults: readonly string[] } {
  const faults: string[] = [];
  return { limits: readLimits(new OptionReader({ limits }, faults)), faults };
}

function faultsOf(limits: unknown): readonly string[] {
  return read(limits).faults;
}

describe('the option limits', () => {
  it.each([undefined, {}, { perNumber: undefined, store: undefined }])('has the defaults with %j', (given) => {
    const { limits, faults } = read(given);

    expect(faults).toEqual([]);
    expect(limits).toEqual({
      store: 'database',
      rules: [
        { rule: 'resendAfter', max: 1, seconds: 30, mode: 'enforce' },
        { rule: 'perNumber', max: 5, seconds: 3600, mode: 'enforce' },
        { rule: 'perNumber', max: 10, seconds: 86_400, mode: 'enforce' },
        { rule: 'perIp', max: 10, seconds: 60, mode: 'enforce' },
        { rule: 'perIp', max: 100, seconds: 3600, mode: 'enforce' },
        { rule: 'perPrefix', max: 100, seconds: 3600, mode: 'enforce' },
        TEST_NUMBERS,
      ],
      conversion: {
        by: 'country',
        minimumSent: 50,
        minimumVerified: 0.1,
        minimumAddresses: 10,
        seconds: 3600,
        blockSeconds: 3600,
        mode: 'report',
      },
    });
  });

  it('replaces the default of each given rule, in any order', () => {
    const { limits } = read({
      total: [{ ...HOUR, mode: 'report' }],
      perCountry: [{ max: 1, seconds: 1, mode: 'enforce' }],
      perNumber: [{ max: 1_000_000_000, seconds: 31_536_000 }],
      perSubject: [HOUR],
    });

    expect(
      limits.rules.filter(({ rule }) => !['resendAfter', 'perIp', 'perPrefix', 'testNumbers'].includes(rule)),
    ).toEqual([
      { rule: 'perNumber', max: 1_000_000_000, seconds: 31_536_000, mode: 'enforce' },
      { rule: 'perCountry', max: 1, seconds: 1, mode: 'enforce' },
      { rule: 'total', ...HOUR, mode: 'report' },
      { rule: 'perSubject', ...HOUR, mode: 'enforce' },
    ]);
    expect(limits.rules).toHaveLength(9);
  });

  it('turns off each rule that is false', () => {
    const off = {
      perNumber: false,
      perIp: false,
      perPrefix: false,
      perCountry: false,
      total: false,
      perSubject: false,
    };

    expect(read({ ...off, resendAfter: false, conversion: false }).limits).toEqual({
      store: 'database',
      rules: [TEST_NUMBERS],
      conversion: undefined,
    });
  });

  it('of false are none, not even those of test numbers, and need no table', () => {
    expect(read(false)).toEqual({
      faults: [],
      limits: { store: 'memory', rules: [], conversion: undefined },
    });
  });

  it.each([
    [1, 1, 'enforce'],
    [86_400, 86_400, 'enforce'],
    [{ seconds: 60 }, 60, 'enforce'],
    [{ mode: 'report' }, 30, 'report'],
    [{ seconds: 60, mode: 'report' }, 60, 'report'],
  ])('allows with resendAfter %j one message in %i seconds, %s', (resendAfter, seconds, mode) => {
    expect(read({ resendAfter })).toMatchObject({
      faults: [],
      limits: { rules: expect.arrayContaining([{ rule: 'resendAfter', max: 1, seconds, mode }]) },
    });
  });

  it('keeps the defaults of the keys of conversion that are not given', () => {
    const { limits, faults } = read({ conversion: { by: 'prefix', minimumVerified: 1, mode: 'enforce' } });

    expect(faults).toEqual([]);
    expect(limits.conversion).toEqual({
      by: 'prefix',
      minimumSent: 50,
      minimumVerified: 1,
      minimumAddresses: 10,
      seconds: 3600,
      blockSeconds: 3600,
      mode: 'enforce',
    });
  });

  it('cannot be changed afterwards', () => {
    for (const given of [{}, { perIp: [HOUR], store: { redis: new FakeRedis() } }]) {
      const { limits } = read(given);

      const parts = [limits, limits.rules, ...limits.rules, limits.store, limits.conversion];
      expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
    }
  });
});

describe('the option limits.store', () => {
  it.each(['database', 'memory'])('can be %s', (store) => {
    expect(read({ store })).toMatchObject({ faults: [], limits: { store } });
  });

  it('can be a Redis client, which the printed options do not show', () => {
    const redis = new FakeRedis();
    const { limits, faults } = read({ store: { redis } });

    expect(faults).toEqual([]);
    expect(typeof limits.store === 'object' && limits.store.redis).toBe(redis);
    expect(Object.isFrozen(redis)).toBe(false);
    expect(inspect(limits, { depth: null }) + JSON.stringify(limits)).not.toContain('hunter2');
  });

  it.each(['redis', '', 7, null, true, false, [], {}, new FakeRedis()])('cannot be %o', (store) => {
    expect(faultsOf({ store })).toEqual(['limits.store: must be "database", "memory" or { redis: client }']);
  });

  it.each([
    undefined,
    null,
    'redis://127.0.0.1',
    {},
    { eval: answer },
    { evalsha: answer },
    { eval: 1, evalsha: 1 },
    { evalSha: answer },
  ])('cannot be the client %o', (redis) => {
    expect(faultsOf({ store: { redis } })).toEqual([
      'limits.store.redis: must be a client of ioredis or of redis (node-redis): an object with eval, and evalsha or evalSha',
    ]);
  });

  it('accepts no other settings than the client', () => {
    expect(faultsOf({ store: { redis: new FakeRedis(), prefix: 'x' } })).toEqual([
      'limits.store.prefix: is not an option; the options are redis',
    ]);
  });
});

describe('the application does not start with limits', () => {
  it.each([7, 'off', true, null, []])('of the value %j', (limits) => {
    expect(faultsOf(limits)).toEqual(['limits: must be an object']);
  });

  it('with an unknown name at any depth', () => {
    expect(
      faultsOf({
        perPhone: [],
        resendAfter: { second: 30 },
        perIp: [{ ...HOUR, minutes: 1 }],
        conversion: { ratio: 0.1 },
      }),
    ).toEqual([
      'limits.perPhone: is not an option; the options are store, resendAfter, perNumber, perIp, perPrefix, perCountry, total, perSubject, conversion',
      'limits.resendAfter.second: is not an option; did you mean `seconds`?',
      'limits.perIp[0].minutes: is not an option; the options are max, seconds, mode',
      'limits.conversion.ratio: is not an option; the options are by, minimumSent, minimumVerified, minimumAddresses, seconds, blockSeconds, mode',
    ]);
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 86_401])('with resendAfter %j', (resendAfter) => {
    const fault = 'must be a whole number of seconds from 1 to 86400';

    expect(faultsOf({ resendAfter })).toEqual([`limits.resendAfter: ${fault}`]);
    expect(faultsOf({ resendAfter: { seconds: resendAfter } })).toEqual([`limits.resendAfter.seconds: ${fault}`]);
  });

  it.each(['30', true, null, [30]])('with resendAfter of a wrong type: %j', (resendAfter) => {
    expect(faultsOf({ resendAfter })).toEqual([
      'limits.resendAfter: must be a number of seconds, { seconds, mode }, or false to turn it off',
    ]);
  });

  describe.each(['perNumber', 'perIp', 'perPrefix', 'perCountry', 'total', 'perSubject'])('with %s', (rule) => {
    it.each([true, null, 5, '5', HOUR])('that is not a list: %j', (given) => {
      expect(faultsOf({ [rule]: given })).toEqual([
        `limits.${rule}: must be a list of entries { max, seconds }, or false to turn it off`,
      ]);
    });

    it('without an entry', () => {
      expect(faultsOf({ [rule]: [] })).toEqual([`limits.${rule}: must have an entry; false turns it off`]);
    });

    it.each([0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 1_000_000_001])('with the max %j', (max) => {
      expect(faultsOf({ [rule]: [HOUR, { max, seconds: 60 }] })).toEqual([
        `limits.${rule}[1].max: must be a whole number of messages from 1 to 1000000000`,
      ]);
    });

    it.each([0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 31_536_001])('with %j seconds', (seconds) => {
      expect(faultsOf({ [rule]: [HOUR, { max: 5, seconds }] })).toEqual([
        `limits.${rule}[1].seconds: must be a whole number of seconds from 1 to 31536000`,
      ]);
    });

    it.each(['off', 'REPORT', true, null, 1])('with the mode %j', (mode) => {
      expect(faultsOf({ [rule]: [{ ...HOUR, mode }] })).toEqual([
        `limits.${rule}[0].mode: must be "enforce" or "report"`,
      ]);
    });

    it('with two entries of the same length', () => {
      expect(faultsOf({ [rule]: [HOUR, { max: 1, seconds: 60 }, { max: 9, seconds: 3600 }] })).toEqual([
        `limits.${rule}[2].seconds: another entry of the list has the same, and they would share a counter; keep one`,
      ]);
    });

    it('with incomplete entries', () => {
      const required = (index: number) =>
        ['max', 'seconds'].map((name) => `limits.${rule}[${index}].${name}: is required`);

      expect(faultsOf({ [rule]: [{}, undefined, 7] })).toEqual([
        `limits.${rule}[2]: must be an object`,
        ...[0, 1, 2].flatMap(required),
      ]);
    });
  });

  it.each([
    ['by', ['ip', 'Country', null, 1], 'must be "country" or "prefix"'],
    [
      'minimumSent',
      [0, -1, 1.5, Number.NaN, '50', 1_000_000_001],
      'must be a whole number of messages from 1 to 1000000000',
    ],
    [
      'minimumVerified',
      [0, -0.1, 1.01, 10, Number.NaN, '0.1', null],
      'must be a number above 0 and up to 1, such as 0.1 for one in ten',
    ],
    [
      'minimumAddresses',
      [0, -1, 1.5, Number.NaN, '10', null, 101],
      'must be a whole number of addresses from 1 to 100',
    ],
    ['seconds', [0, -1, 1.5, Number.NaN, '60', 31_536_001], 'must be a whole number of seconds from 1 to 31536000'],
    [
      'blockSeconds',
      [0, -1, 1.5, Number.NaN, '60', 31_536_001],
      'must be a whole number of seconds from 1 to 31536000',
    ],
    ['mode', ['off', false, null], 'must be "enforce" or "report"'],
  ])('with a conversion whose %s is one of %j', (name, values, fault) => {
    for (const value of values) {
      expect(faultsOf({ conversion: { [name]: value } })).toEqual([`limits.conversion.${name}: ${fault}`]);
    }
  });

  it.each([true, null, 0.1, []])('with a conversion that is not an object: %j', (conversion) => {
    expect(faultsOf({ conversion })).toEqual(['limits.conversion: must be an object']);
  });

  it('with several errors, which are all reported', () => {
    const faults = faultsOf({ store: 'x', resendAfter: 0, perIp: true, perNumber: [], conversion: { by: 1 } });

    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'limits.store',
      'limits.resendAfter',
      'limits.perNumber',
      'limits.perIp',
      'limits.conversion.by',
    ]);
  });
});

describe.each([
  ['authorizeSend', readAuthorizeSend],
  ['identifyClient', readIdentifyClient],
] as const)('the option %s', (name, readFunction) => {
  function readGiven(given: unknown) {
    const faults: string[] = [];
    return { read: readFunction(new OptionReader({ [name]: given }, faults)), faults };
  }

  it.each([undefined, () => true, async () => ({})])('can be %o', (given) => {
    expect(readGiven(given)).toEqual({ read: given, faults: [] });
  });

  it.each([true, false, null, {}, 'captcha'])('cannot be %j', (given) => {
    expect(readGiven(given)).toEqual({ read: undefined, faults: [`${name}: must be a function`] });
  });
});
