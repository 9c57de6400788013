import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { ConversionTally } from '../../lib/limits/conversion-tally.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';

/** Of one country, each of another prefix. */
const NUMBERS = ['+14155552671', '+14155562671', '+14155572671'].map((text) => parsePhoneNumber(text));
const [FIRST = parsePhoneNumber('+1')] = NUMBERS;

let tally: ConversionTally;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { options } = checkOptions({ appName: 'Acme', backend: SandboxBackend }, {});
  const guard = options.limits.conversion;
  if (guard === undefined) throw new Error('conversion is on by default');
  tally = new ConversionTally(guard, { now: () => 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the counts that are due', () => {
  it('are those of countries at once, and those of prefixes after ten seconds', () => {
    for (const number of NUMBERS) tally.countSent(number, 1);
    for (const number of NUMBERS) tally.countVerified(number);

    expect(tally.takeDue(100)).toMatchObject([{ subject: 'country:US', sent: 3, verified: 3 }]);
    vi.advanceTimersByTime(9_999);
    expect(tally.takeDue(100)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(tally.takeDue(2)).toMatchObject([
      { subject: 'prefix:+1415555', sent: 1, verified: 1 },
      { subject: 'prefix:+1415556', sent: 1, verified: 1 },
    ]);
    expect(tally.size).toBe(1);
  });

  it('are those of a prefix at once if it got five messages', () => {
    for (let message = 0; message < 4; message++) tally.countSent(FIRST, 1);
    tally.takeDue(100);
    expect(tally.size).toBe(1);

    tally.countSent(FIRST, 2);

    expect(tally.takeDue(100)).toMatchObject([
      { subject: 'prefix:+1415555', sent: 5, addresses: 3 },
      { subject: 'country:US', sent: 1 },
    ]);
  });

  it('are all where there are many, or all are taken', () => {
    for (let prefix = 0; prefix < 5001; prefix++) {
      tally.countSent({ ...FIRST, e164: `+1${2_000_000 + prefix}0000` }, 1);
    }
    expect(tally.takeDue(10_000)).toHaveLength(5002);

    tally.countSent(FIRST, 1);
    expect(tally.take(10)).toHaveLength(2);
  });
});
