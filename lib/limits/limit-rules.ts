import { createHash } from 'node:crypto';
import type { ClientRule, CountingRule, NumberRule } from '../common/limit-rule.js';
import { type PhoneNumber, prefixOf } from '../phone-number/phone-number.js';
import { bucketsOf } from './address.js';
import type { Limit } from './limit.js';
import type { SendRequest } from './send-request.js';

/** Whose messages a counter counts, such as those of one address. */
export interface CountedClient {
  /** Part of the counter's key. */
  readonly name: string;
  /** Name in the log. Default: `name`. */
  readonly label?: string;
  /** How many times the `max` of a limit it may use. */
  readonly share: number;
  /** Its counters report, and never refuse. */
  readonly onlyReports?: boolean;
}

/** A limit that is reached, for the log. */
export interface ReachedLimit extends Pick<Limit, 'max' | 'seconds'> {
  /** Messages beyond `max` that are reserved for sends with `ownNumber`. */
  readonly reserved: number;
  /** Whose messages were counted, where the rule counts by client. */
  readonly client: string | undefined;
}

/** What a rule's option takes: a number of seconds, a list of entries, or nothing where the rule has no option. */
export type RuleOption = 'seconds' | 'list' | 'none';

/** What has no bound without a rule: the guesses at the codes of a number, or the messages of the application. */
export type Bounds = 'guesses' | 'messages';

/** Everything that makes one rule differ from the others. */
interface Rule {
  readonly option: RuleOption;
  readonly defaults: readonly Pick<Limit, 'max' | 'seconds'>[];
  /** Whether the rule counts a send. */
  readonly counts: (request: SendRequest) => boolean;
  /**
   * What sends with `ownNumber` may use: a second, equal budget; a tenth that is reserved for them; or what all others
   * may use.
   */
  readonly ownNumber: 'separate' | 'reserve' | 'shared';
  /** Whether a message that was certainly not sent is refunded: always, only on a resend, or never. */
  readonly refund: 'always' | 'resend' | 'never';
  /** The end of its window is the time from which a resend is possible. */
  readonly isCooldown: boolean;
  /** What has no bound without this rule. */
  readonly bounds?: Bounds;
  /** Why it refuses a message. */
  readonly reason: (reached: ReachedLimit) => string;
  /** What an operator should change if it refuses legitimate users. */
  readonly advice: string;
}

/** A rule that counts by number. */
export interface RuleByNumber extends Rule {
  /** The number, or the range of numbers, that a send is counted in. */
  readonly countedAs: (number: PhoneNumber) => string;
  /** Whether it counts one number alone, so that clearing the number's limits clears it. */
  readonly isOfOneNumber: boolean;
}

/** A rule that counts by client. */
export interface RuleByClient extends Rule {
  /** The clients that a send is counted for; none where the caller of the service named none. */
  readonly clientsOf: (request: SendRequest) => readonly CountedClient[];
}

type Rules = Readonly<Record<NumberRule | 'testNumbers', RuleByNumber> & Record<ClientRule, RuleByClient>>;

/** How many times the `max` of `perIp` all clients behind an untrusted proxy may use together. */
const PROXY_SHARE = 50;

/** What most rules have in common. A test number is sent nothing, so it uses no budget for messages. */
const USUAL = {
  option: 'list',
  defaults: [],
  counts: ({ isTestNumber }) => !isTestNumber,
  ownNumber: 'shared',
  refund: 'resend',
  isCooldown: false,
} satisfies Partial<Rule>;

/** Every rule that counts messages, in the order in which the options are documented. */
export const RULES: Rules = {
  resendAfter: {
    ...USUAL,
    option: 'seconds',
    defaults: [{ max: 1, seconds: 30 }],
    countedAs: ({ e164 }) => e164,
    isOfOneNumber: true,
    ownNumber: 'separate',
    refund: 'always',
    isCooldown: true,
    reason: ({ seconds }) => `less than ${seconds} seconds have passed since the last message`,
    advice: 'Have the client wait for resend_in, or shorten limits.resendAfter.',
  },
  perNumber: {
    ...USUAL,
    defaults: [
      { max: 5, seconds: 3600 },
      { max: 10, seconds: 86_400 },
    ],
    countedAs: ({ e164 }) => e164,
    isOfOneNumber: true,
    ownNumber: 'separate',
    bounds: 'guesses',
    reason: reached('to one number'),
    advice:
      'If the number belongs to a legitimate user, raise limits.perNumber, or send with `ownNumber` where the ' +
      'application knows that its caller owns the number.',
  },
  // Counts test numbers too: whoever knows one could guess its code.
  perIp: {
    ...USUAL,
    defaults: [
      { max: 10, seconds: 60 },
      { max: 100, seconds: 3600 },
    ],
    counts: () => true,
    clientsOf: ({ client }) => (client === undefined ? [] : addressesOf(client)),
    refund: 'never',
    reason: ({ client = 'unknown', ...limit }) => reached(`for the address ${client}`)({ ...limit, client }),
    advice:
      "If legitimate users share the address, raise limits.perIp; if it is your proxy's, have the HTTP adapter trust " +
      'the proxy.',
  },
  perPrefix: {
    ...USUAL,
    defaults: [{ max: 100, seconds: 3600 }],
    countedAs: prefixOf,
    isOfOneNumber: false,
    ownNumber: 'separate',
    reason: reached('to numbers that differ in their last four digits only'),
    advice: 'If these are legitimate users, such as employees of one company, raise limits.perPrefix.',
  },
  perCountry: {
    ...USUAL,
    countedAs: ({ country = 'none' }) => country,
    isOfOneNumber: false,
    ownNumber: 'reserve',
    reason: reached('to one country'),
    advice: 'If these are legitimate users, raise limits.perCountry.',
  },
  total: {
    ...USUAL,
    countedAs: () => 'all',
    isOfOneNumber: false,
    ownNumber: 'reserve',
    bounds: 'messages',
    reason: reached('of the whole application'),
    advice: 'If these are legitimate users, raise limits.total.',
  },
  perSubject: {
    ...USUAL,
    clientsOf: ({ subject }) => (subject === undefined ? [] : [{ name: hashOf(subject), share: 1 }]),
    reason: reached('for one subject'),
    advice: 'If the subject is a legitimate user, raise limits.perSubject.',
  },
  // The limit of each test number. It has no option.
  testNumbers: {
    ...USUAL,
    option: 'none',
    defaults: [{ max: 100, seconds: 3600 }],
    counts: ({ isTestNumber, isResend }) => isTestNumber && !isResend,
    countedAs: ({ e164 }) => e164,
    isOfOneNumber: true,
    refund: 'never',
    reason: ({ max, seconds }) => `the limit of ${max} registers of one test number in ${seconds} seconds is reached`,
    advice: 'Whoever knows a test number may guess its code: give it a long one.',
  },
};

/** Whether a rule counts by number. */
export function isByNumber(rule: RuleByNumber | RuleByClient): rule is RuleByNumber {
  return 'countedAs' in rule;
}

/** Whether any of these limits counts by client, so that a send needs its address or subject. */
export function countByClient(limits: readonly Limit[]): boolean {
  return limits.some(({ rule }) => !isByNumber(RULES[rule]));
}

/** Whether a rule counts by number and has an option. */
export function isNumberRule(rule: CountingRule): rule is NumberRule {
  const { option } = RULES[rule];
  return isByNumber(RULES[rule]) && option !== 'none';
}

/**
 * The buckets of a client's address. All clients behind an untrusted proxy have the proxy's address, and one of them
 * could lock out all: there the ordinary counters only report, and others with more room refuse.
 */
function addressesOf({ ip, isUntrustedProxy }: NonNullable<SendRequest['client']>): readonly CountedClient[] {
  const buckets = bucketsOf(ip);
  if (!isUntrustedProxy) return buckets;
  return buckets.flatMap(({ name, share }) => [
    { name, share, onlyReports: true },
    { name: `proxy:${name}`, label: `${name} (an untrusted proxy)`, share: share * PROXY_SHARE },
  ]);
}

/** Subjects have any length, and may be personal data. */
function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

function reached(counted: string): Rule['reason'] {
  return ({ max, seconds, reserved }) => {
    const rest = reserved === 0 ? '' : `; ${reserved} more are reserved for sends with \`ownNumber\``;
    return `the limit of ${max} messages ${counted} in ${seconds} seconds is reached${rest}`;
  };
}
