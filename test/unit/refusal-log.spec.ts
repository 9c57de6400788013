import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Refusal, RefusalLog } from '../../lib/limits/refusal-log.js';
import { TestClock } from '../support/clock.js';
import { KeptLogs } from '../support/logs.js';

const REFUSAL: Refusal = {
  rule: 'perNumber',
  enforced: true,
  phoneNumber: '+14155552671',
  country: 'US',
  address: '203.0.113.7',
  limit: { max: 5, seconds: 3600 },
};

let logs: KeptLogs;
let clock: TestClock;
let log: RefusalLog;

beforeEach(() => {
  logs = new KeptLogs();
  Logger.overrideLogger(logs);
  clock = new TestClock();
  log = new RefusalLog(clock);
});

afterEach(() => Logger.overrideLogger(false));

function logRefusals(times: number, refusal: Partial<Refusal> = {}): void {
  for (let index = 0; index < times; index += 1) log.note({ ...REFUSAL, ...refusal });
}

describe('the refusal log', () => {
  it('contains what was refused, why, and what to change, with the number masked', () => {
    logRefusals(1);

    expect(logs.lines).toEqual([
      'warn: limits.perNumber refused a message to +141******71 (US): the limit of 5 messages to one number in 3600 ' +
        'seconds is reached. If the number is that of an honest person, raise limits.perNumber, or send with `ownNumber` ' +
        'where the application knows that its caller owns the number. PhoneVerify',
    ]);
  });

  it('has one line a minute for each rule, with the number of omitted refusals', () => {
    logRefusals(1000);
    clock.advance(59.999);
    logRefusals(1);
    expect(logs.lines).toHaveLength(1);

    clock.advance(0.001);
    logRefusals(1);
    expect(logs.lines).toHaveLength(2);
    expect(logs.lines[1]).toContain('1000 more were left out before it.');

    logRefusals(1);
    clock.advance(60);
    logRefusals(1);
    expect(logs.lines).toHaveLength(3);
    expect(logs.lines[2]).toContain(' 1 more were left out before it.');

    clock.advance(60);
    logRefusals(1);
    expect(logs.lines).toHaveLength(4);
    expect(logs.lines[3]).not.toContain('left out');
  });

  it('has separate lines for each rule, and for enforced and reporting limits', () => {
    for (let round = 0; round < 3; round += 1) {
      for (const rule of ['perNumber', 'perIp'] as const) {
        for (const enforced of [true, false]) logRefusals(1, { rule, enforced });
      }
    }

    expect(logs.lines.map((line) => line.split(' a message')[0])).toEqual([
      'warn: limits.perNumber refused',
      'log: limits.perNumber would have refused',
      'warn: limits.perIp refused',
      'log: limits.perIp would have refused',
    ]);
  });

  it('states that a reporting limit did not refuse the message', () => {
    logRefusals(1, { enforced: false });

    expect(logs.text).toContain('is reached. It is not enforced: this limit let the message through. If');
  });

  it('continues after the clock went back', () => {
    logRefusals(5);
    clock.advance(-86_400);
    logRefusals(2);

    expect(logs.lines).toHaveLength(2);
    expect(logs.lines[1]).toContain('4 more were left out before it.');

    clock.advance(60);
    logRefusals(1);
    expect(logs.lines).toHaveLength(3);
  });

  it('contains the number of omitted refusals once when the application ends', () => {
    logRefusals(4);
    logRefusals(2, { rule: 'total', enforced: false });
    logRefusals(1, { rule: 'perPrefix' });

    log.onApplicationShutdown();

    const written = [
      'warn: limits.perNumber refused 3 more since it was last told of. PhoneVerify',
      'log: limits.total would have refused 1 more since it was last told of. PhoneVerify',
    ];
    expect(logs.lines.slice(3)).toEqual(written);
    log.flush();
    expect(logs.lines.slice(3)).toEqual(written);
  });

  it.each([
    ['resendAfter', { max: 1, seconds: 30 }, 'the last one went less than 30 seconds before. Have the client wait'],
    ['perIp', { max: 10, seconds: 60 }, 'the limit of 10 messages for the address 203.0.113.7 in 60 seconds'],
    ['perPrefix', { max: 9, seconds: 60 }, '9 messages to numbers that differ in their last four digits only in 60'],
    ['perCountry', { max: 9, seconds: 60 }, 'the limit of 9 messages to one country in 60 seconds'],
    ['total', { max: 9, seconds: 60 }, 'the limit of 9 messages of the whole application in 60 seconds'],
    ['total', undefined, ': its limit is reached. If'],
    [
      'conversion',
      undefined,
      'limits.conversion refused a message to +141******71 (US): its country is blocked, since too few of the messages',
    ],
    ['application', undefined, 'authorizeSend refused a message to +141******71 (US): it did not answer true.'],
  ] as const)('contains why %s with %j refused', (rule, limit, text) => {
    logRefusals(1, { rule, limit });

    expect(logs.text).toContain(text);
    expect(logs.text).not.toContain('4155552671');
    expect(logs.text.includes('203.0.113.7')).toBe(rule === 'perIp');
  });

  it('contains no country and no address if there is none', () => {
    logRefusals(1, { rule: 'perIp', country: undefined, address: undefined });

    expect(logs.text).toContain('to +141******71: the limit of 5 messages for the address unknown in');
  });
});
