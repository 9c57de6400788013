import type { PhoneNumber } from '../phone-number/phone-number.js';
import { countryOf, prefixOf } from './counted-subjects.js';
import type { LimitRule } from '../common/limit-rule.js';
import type { Limit } from './limit.js';
import type { Charge } from './limit.store.js';
import type { ResolvedLimits } from './limits.options.js';
import type { SendOrigin } from './send-origin.js';
import type { SendRequest } from './send-request.js';

/** A charge and the rule that it comes from. */
export interface RuledCharge extends Charge {
  readonly rule: Limit['rule'];
  /** Messages beyond `max` that are reserved for sends with `ownNumber`. */
  readonly reserved: number;
  /** The bucket of the client's address as the log names it; of `perIp` alone. */
  readonly address?: string;
}

/** Budgets that sends with `ownNumber` have to themselves, so that nobody who is not signed in can spend them. */
const OWN_NUMBER_BUDGETS: ReadonlySet<LimitRule> = new Set<LimitRule>(['resendAfter', 'perNumber', 'perPrefix']);

/** Limits that count the sends to one number. */
const OF_ONE_NUMBER: ReadonlySet<LimitRule> = new Set<LimitRule>(['resendAfter', 'perNumber', 'testNumbers']);

/** Limits of which a tenth is reserved for sends with `ownNumber`. */
const RESERVED_RULES: ReadonlySet<LimitRule> = new Set<LimitRule>(['perCountry', 'total']);

/** Registers of each test number. Who knows the number may guess at its code. */
export const TEST_NUMBER_LIMIT: Limit = { rule: 'testNumbers', max: 100, seconds: 3600, mode: 'enforce' };

/** How many times the `max` of `perIp` everybody behind a proxy that is not trusted may use together. */
const PROXY_SHARE = 50;

/**
 * Everything that one send charges. Limits by address are left out where a caller of the service gave no address. A test
 * number is sent nothing: it has these limits, and a budget of its own.
 */
export function chargesOf(request: SendRequest, limits: ResolvedLimits): RuledCharge[] {
  const rules = request.isTestNumber ? limitsOfTestNumber(request, limits) : limits.rules;
  return rules.flatMap((limit) => {
    if (limit.rule === 'perIp') return addressCharges(limit, request.origin);
    const subject = ownSubjectOf(limit.rule, request.number) ?? sharedSubjectOf(limit.rule, request.number);
    return subject === undefined ? [] : [chargeOf(limit, subject, request.isOwnNumber)];
  });
}

function limitsOfTestNumber({ isResend }: SendRequest, { rules, testNumbers }: ResolvedLimits): readonly Limit[] {
  const byAddress = rules.filter(({ rule }) => rule === 'perIp');
  return isResend || !testNumbers ? byAddress : [...byAddress, TEST_NUMBER_LIMIT];
}

/** Name of a limit's counter. */
export function counterKey({ rule, seconds }: Limit, subject: string, isOwnNumber: boolean): string {
  return `${isOwnNumber && OWN_NUMBER_BUDGETS.has(rule) ? 'own:' : ''}${rule}:${seconds}:${subject}`;
}

/** Messages of a limit that are reserved for sends with `ownNumber`. */
function reservedOf({ rule, max }: Limit): number {
  return RESERVED_RULES.has(rule) ? Math.floor(max / 10) : 0;
}

/** The count from which a limit is full for a send. */
export function maxOf(limit: Limit, isOwnNumber: boolean): number {
  return isOwnNumber ? limit.max : limit.max - reservedOf(limit);
}

/** What a limit of one number counts: `undefined` for limits that many numbers share. */
export function ownSubjectOf(rule: LimitRule, number: PhoneNumber): string | undefined {
  return OF_ONE_NUMBER.has(rule) ? number.e164 : undefined;
}

/** What a limit counts that a number shares with others: `undefined` for limits by address, and of one number. */
export function sharedSubjectOf(rule: LimitRule, number: PhoneNumber): string | undefined {
  if (rule === 'perPrefix') return prefixOf(number);
  if (rule === 'perCountry') return countryOf(number);
  return rule === 'total' ? 'all' : undefined;
}

/**
 * One charge for each bucket of the client's address. Behind a proxy that is not trusted everybody has the proxy's
 * address, and one could lock out all: there these counters only report, and others with more room refuse.
 */
function addressCharges(limit: Limit, { buckets, isUntrustedProxy }: SendOrigin): RuledCharge[] {
  const charges = buckets.map(({ name, share }) => ({
    ...chargeOf(limit, name, false),
    max: limit.max * share,
    address: name,
  }));
  if (!isUntrustedProxy || limit.mode === 'report') return charges;
  return charges.flatMap((charge) => [
    { ...charge, isEnforced: false },
    {
      ...charge,
      key: counterKey(limit, `proxy:${charge.address}`, false),
      max: charge.max * PROXY_SHARE,
      address: `${charge.address} (a proxy that is not trusted)`,
    },
  ]);
}

function chargeOf(limit: Limit, subject: string, isOwnNumber: boolean): RuledCharge {
  return {
    rule: limit.rule,
    key: counterKey(limit, subject, isOwnNumber),
    max: maxOf(limit, isOwnNumber),
    reserved: isOwnNumber ? 0 : reservedOf(limit),
    windowMs: limit.seconds * 1000,
    isEnforced: limit.mode === 'enforce',
  };
}
