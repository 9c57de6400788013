import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LimitOptions, type NumberOptions, SandboxBackend } from '../../lib/index.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { NO_LIMITS } from '../support/limits.js';

const HOUR = { max: 1000, seconds: 3600 };

function warningsOf(limits: LimitOptions | false, numbers: NumberOptions = {}): readonly string[] {
  return checkOptions({ appName: 'Acme', backend: SandboxBackend, maxFailedAttempts: 7, limits, numbers }, {}).warnings;
}

afterEach(() => vi.unstubAllEnvs());

describe('an application without a cap on its bill', () => {
  beforeEach(() => vi.stubEnv('NODE_ENV', 'production'));

  it('gets one warning in production, which names the options that would bound the bill', () => {
    const [warning, another] = warningsOf({});

    expect(another).toBeUndefined();
    expect(warning).toContain('numbers.allowedCountries is not set, limits.total is off');
    expect(warning).toContain('limits.conversion, which could stop a range or country that is abused, only reports.');
    expect(warning).toContain('name the countries of your people in numbers.allowedCountries');
    expect(warning).toContain('cap all messages with limits.total');
  });

  it.each([
    [false, 'limits.conversion, which could stop a range or country that is abused, is off.'],
    [{ by: 'prefix' }, 'limits.conversion, which could stop a range or country that is abused, only reports.'],
    [
      { mode: 'enforce', by: 'prefix', minimumSent: 9, minimumVerified: 0.07 },
      'Only limits.conversion is left: it stops a prefix when, of 9 messages or more, a share of less than 0.07 was verified.',
    ],
    [
      { mode: 'enforce', minimumAddresses: 12 },
      'it stops a prefix, or a country when they are requested from about 12 addresses, when, of 50 messages or more,',
    ],
  ] as const)('gets a warning that describes the effect of conversion %j', (conversion, text) => {
    expect(warningsOf({ conversion })).toEqual([expect.stringContaining(text)]);
  });

  it('gets a warning about a total that only reports', () => {
    expect(warningsOf({ total: [{ ...HOUR, mode: 'report' }] })).toEqual([
      expect.stringContaining('limits.total only reports'),
    ]);
  });

  it.each(['test', 'development', ''])('gets no warning if NODE_ENV is %j', (environment) => {
    vi.stubEnv('NODE_ENV', environment);

    expect(warningsOf({})).toEqual([]);
  });

  it('gets no warning if it names its countries or caps the total', () => {
    expect(warningsOf({}, { allowedCountries: ['GB'] })).toEqual([]);
    expect(warningsOf({ total: [HOUR] })).toEqual([]);
    expect(
      warningsOf({
        total: [
          { ...HOUR, mode: 'report' },
          { max: 9, seconds: 60 },
        ],
      }),
    ).toEqual([]);
    expect(warningsOf({}, { deniedCountries: ['GB'] })).toHaveLength(1);
  });
});

describe('an application that does not cap the sessions of a number', () => {
  it.each([
    [{ perNumber: false }, 'limits.perNumber: it is off'],
    [{ perNumber: [{ ...HOUR, mode: 'report' }] }, 'limits.perNumber: it only reports'],
    [NO_LIMITS, 'limits.perNumber: it is off'],
  ] as const)('gets a warning in every environment, with %j', (limits, text) => {
    expect(warningsOf(limits)).toEqual([expect.stringContaining(text)]);
    expect(warningsOf(limits)[0]).toContain('can be guessed without end: each session takes 7 wrong codes');
  });

  it('gets no warning if one entry is enforced', () => {
    expect(warningsOf({ perNumber: [{ max: 9, seconds: 60, mode: 'report' }, HOUR] })).toEqual([]);
  });
});

describe('the limit store in memory', () => {
  it('causes a warning only in production', () => {
    const limits: LimitOptions = { store: 'memory', total: [HOUR] };
    expect(warningsOf(limits)).toEqual([]);

    vi.stubEnv('NODE_ENV', 'production');

    expect(warningsOf(limits)).toEqual([
      expect.stringMatching(/^limits\.store: "memory" counts in this process alone/),
    ]);
  });

  it('is no matter of a warning in production where every limit is off', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(warningsOf(false).join('\n')).not.toContain('limits.store');
    expect(warningsOf(false)[0]).toContain('limits.perNumber: it is off');
  });
});
