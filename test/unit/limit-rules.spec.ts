import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SandboxBackend } from '../../lib/index.js';
import { IpAddress } from '../../lib/limits/address.js';
import type { Limit } from '../../lib/limits/limit.js';
import { RULES } from '../../lib/limits/limit-rules.js';
import { chargesOf } from '../../lib/limits/send-charges.js';
import type { SendRequest } from '../../lib/limits/send-request.js';
import { parsePhoneNumber } from '../../lib/phone-number/phone-number.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { NUMBER } from '../support/requests.js';

const SEND: SendRequest = {
  number: parsePhoneNumber(NUMBER),
  purpose: '',
  client: { ip: IpAddress.read('203.0.113.7'), isUntrustedProxy: false },
  subject: undefined,
  request: undefined,
  isOwnNumber: false,
  isTestNumber: false,
  isResend: false,
};

/** SHA-256 of `ada`, base64url. */
const HASH_OF_ADA = createHash('sha256').update('ada').digest('base64url');

const TEN = [{ max: 10, seconds: 60 }];

/** One limit of each rule, each of ten messages a minute. */
const { rules } = checkOptions(
  {
    appName: 'Acme',
    backend: SandboxBackend,
    limits: {
      resendAfter: 30,
      perNumber: TEN,
      perIp: TEN,
      perPrefix: TEN,
      perCountry: TEN,
      total: TEN,
      perSubject: TEN,
    },
  },
  {},
).options.limits;

function keysOf(send: Partial<SendRequest>, limits: readonly Limit[] = rules): string[] {
  return chargesOf({ ...SEND, ...send }, limits).map(({ key }) => key);
}

function limit(rule: Limit['rule']): readonly Limit[] {
  return rules.filter((each) => each.rule === rule);
}

describe('a send', () => {
  it('is charged to one counter of each rule, in the order of the table', () => {
    expect(keysOf({ subject: 'ada' })).toEqual([
      'resendAfter:30:+14155552671',
      'perNumber:60:+14155552671',
      'perIp:60:203.0.113.7',
      'perPrefix:60:+1415555',
      'perCountry:60:US',
      'total:60:all',
      `perSubject:60:${HASH_OF_ADA}`,
    ]);
  });

  it('uses a separate budget of resendAfter, perNumber and perPrefix with `ownNumber`', () => {
    expect(keysOf({ isOwnNumber: true, subject: 'ada' })).toEqual([
      'own:resendAfter:30:+14155552671',
      'own:perNumber:60:+14155552671',
      'perIp:60:203.0.113.7',
      'own:perPrefix:60:+1415555',
      'perCountry:60:US',
      'total:60:all',
      `perSubject:60:${HASH_OF_ADA}`,
    ]);
  });

  it.each(['perCountry', 'total'] as const)('leaves a tenth of %s to sends with `ownNumber`', (rule) => {
    expect(chargesOf(SEND, limit(rule))).toMatchObject([{ max: 9, reserved: 1 }]);
    expect(chargesOf({ ...SEND, isOwnNumber: true }, limit(rule))).toMatchObject([{ max: 10, reserved: 0 }]);
  });

  it('to a test number is charged to perIp and, as a register, to the limit of test numbers', () => {
    expect(keysOf({ isTestNumber: true, subject: 'ada' })).toEqual([
      'perIp:60:203.0.113.7',
      'testNumbers:3600:+14155552671',
    ]);
    expect(keysOf({ isTestNumber: true, isResend: true })).toEqual(['perIp:60:203.0.113.7']);
  });

  it('without a client is charged to no limit by client', () => {
    expect(keysOf({ client: undefined }, limit('perIp'))).toEqual([]);
    expect(keysOf({ subject: undefined }, limit('perSubject'))).toEqual([]);
  });

  it('of a client whose address is unknown is charged to one common bucket', () => {
    expect(keysOf({ client: { ip: undefined, isUntrustedProxy: false } }, limit('perIp'))).toEqual([
      'perIp:60:unknown',
    ]);
  });

  it('through an untrusted proxy is refused only by a counter with 50 times the room', () => {
    const client = { ip: IpAddress.read('10.0.0.1'), isUntrustedProxy: true };

    expect(chargesOf({ ...SEND, client }, limit('perIp'))).toMatchObject([
      { key: 'perIp:60:10.0.0.1', max: 10, isEnforced: false },
      { key: 'perIp:60:proxy:10.0.0.1', max: 500, isEnforced: true, client: '10.0.0.1 (an untrusted proxy)' },
    ]);
  });

  it('of an IPv6 client is charged to its /64, /56 and /48, the wider networks with more room', () => {
    const client = { ip: IpAddress.read('2001:db8:1:2:3:4:5:6'), isUntrustedProxy: false };

    expect(chargesOf({ ...SEND, client }, limit('perIp'))).toMatchObject([
      { key: 'perIp:60:2001:db8:1:2::/64', max: 10 },
      { key: 'perIp:60:2001:db8:1::/56', max: 40 },
      { key: 'perIp:60:2001:db8:1::/48', max: 160 },
    ]);
  });
});

describe('a rule', () => {
  it.each([
    ['resendAfter', 'less than 60 seconds have passed since the last message'],
    ['perNumber', 'the limit of 9 messages to one number in 60 seconds is reached'],
    ['perIp', 'the limit of 9 messages for the address 203.0.113.7 in 60 seconds is reached'],
    [
      'perPrefix',
      'the limit of 9 messages to numbers that differ in their last four digits only in 60 seconds is reached',
    ],
    ['perCountry', 'the limit of 9 messages to one country in 60 seconds is reached'],
    ['total', 'the limit of 9 messages of the whole application in 60 seconds is reached'],
    ['perSubject', 'the limit of 9 messages for one subject in 60 seconds is reached'],
    ['testNumbers', 'the limit of 9 registers of one test number in 60 seconds is reached'],
  ] as const)('says why it refuses: %s', (rule, reason) => {
    expect(RULES[rule].reason({ max: 9, seconds: 60, reserved: 0, client: '203.0.113.7' })).toBe(reason);
    expect(RULES[rule].advice).toMatch(/\.$/);
  });

  it('says how many messages it reserves', () => {
    expect(RULES.total.reason({ max: 9, seconds: 60, reserved: 1, client: undefined })).toContain(
      'is reached; 1 more are reserved for sends with `ownNumber`',
    );
  });

  it.each([
    ['resendAfter', 'always'],
    ['perNumber', 'resend'],
    ['perPrefix', 'resend'],
    ['perCountry', 'resend'],
    ['total', 'resend'],
    ['perSubject', 'resend'],
    ['perIp', 'never'],
    ['testNumbers', 'never'],
  ] as const)('decides what is refunded: %s %s', (rule, refund) => {
    expect(RULES[rule].refund).toBe(refund);
  });
});
