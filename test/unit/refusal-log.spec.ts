import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoggedRefusal, RefusalLog } from '../../lib/limits/refusal-log.js';
import { TestClock } from '../support/clock.js';
import { RecordedLogs } from '../support/logs.js';

const REFUSAL: LoggedRefusal = {
  rule: 'perNumber',
  option: 'limits.perNumber',
  reason: 'its limit is reached',
  advice: 'Raise it.',
  enforced: true,
  phoneNumber: '+14155552671',
  country: 'US',
};

let logs: RecordedLogs;
let clock: TestClock;
let log: RefusalLog;

beforeEach(() => {
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
  clock = new TestClock();
  log = new RefusalLog(clock);
});

afterEach(() => Logger.overrideLogger(false));

function record(times: number, refusal: Partial<LoggedRefusal> = {}): void {
  for (let index = 0; index < times; index += 1) log.record({ ...REFUSAL, ...refusal });
}

describe('the log of refusals', () => {
  it('names the option, the masked number, the reason and what to change', () => {
    record(1);

    expect(logs.lines).toEqual([
      'warn: limits.perNumber refused a message to +141******71 (US): its limit is reached. Raise it. PhoneVerify',
    ]);
  });

  it('writes one line a minute for a rule, with the number of refusals before it that were not logged', () => {
    record(1000);
    clock.advance(59.999);
    record(1);
    expect(logs.lines).toHaveLength(1);

    clock.advance(0.001);
    record(1);
    expect(logs.lines).toHaveLength(2);
    expect(logs.lines[1]).toContain(' 1000 more before it were not logged.');

    record(1);
    clock.advance(60);
    record(1);
    expect(logs.lines).toHaveLength(3);
    expect(logs.lines[2]).toContain(' 1 more before it were not logged.');

    clock.advance(60);
    record(1);
    expect(logs.lines).toHaveLength(4);
    expect(logs.lines[3]).not.toContain('not logged');
  });

  it('counts each rule separately, and enforced refusals separately from reported ones', () => {
    for (let round = 0; round < 3; round += 1) {
      for (const rule of ['perNumber', 'perIp'] as const) {
        for (const enforced of [true, false]) record(1, { rule, option: `limits.${rule}`, enforced });
      }
    }

    expect(logs.lines.map((line) => line.split(' a message')[0])).toEqual([
      'warn: limits.perNumber refused',
      'log: limits.perNumber would have refused',
      'warn: limits.perIp refused',
      'log: limits.perIp would have refused',
    ]);
  });

  it('says that a refusal is not enforced', () => {
    record(1, { enforced: false });

    expect(logs.text).toContain('is reached. It is not enforced: this limit let the message through. Raise it.');
  });

  it('continues after the clock was set back', () => {
    record(5);
    clock.advance(-86_400);
    record(2);

    expect(logs.lines).toHaveLength(2);
    expect(logs.lines[1]).toContain('4 more before it were not logged.');

    clock.advance(60);
    record(1);
    expect(logs.lines).toHaveLength(3);
  });

  it('writes once, when the application ends, how many refusals were not logged', () => {
    record(4);
    record(2, { rule: 'total', option: 'limits.total', enforced: false });
    record(1, { rule: 'perPrefix', option: 'limits.perPrefix' });

    log.onApplicationShutdown();

    const written = [
      'warn: limits.perNumber refused 3 more since its last log line. PhoneVerify',
      'log: limits.total would have refused 1 more since its last log line. PhoneVerify',
    ];
    expect(logs.lines.slice(3)).toEqual(written);
    log.flush();
    expect(logs.lines.slice(3)).toEqual(written);
  });

  it('leaves out the country of a number that has none', () => {
    record(1, { country: undefined });

    expect(logs.text).toContain('a message to +141******71: its limit');
  });
});
