import type { PhoneNumber } from '../phone-number/phone-number.js';
import type { ConversionGuard, Limit, LimitRule } from './limit.js';
import type { Charge } from './limit.store.js';
import type { SendOrigin } from './send-origin.js';
import type { SendRequest } from './send-request.js';

/** A charge and the rule that it comes from. */
export interface RuledCharge extends Charge {
  readonly rule: LimitRule;
  /** The bucket of the client's address as the log names it; of `perIp` alone. */
  readonly address?: string;
}

/** What is counted: the configured limits. */
export interface CountedLimits {
  readonly rules: readonly Limit[];
  readonly conversion: ConversionGuard | undefined;
}

/** Budgets that sends with `ownNumber` have to themselves, so that nobody who is not signed in can spend them. */
export const OWN_NUMBER_BUDGETS: ReadonlySet<LimitRule> = new Set<LimitRule>(['resendAfter', 'perNumber', 'perPrefix']);

/** Limits of which a tenth is reserved for sends with `ownNumber`. */
const RESERVED_RULES: ReadonlySet<LimitRule> = new Set<LimitRule>(['perCountry', 'total']);

/** How many times the `max` of `perIp` everybody behind a proxy that is not trusted may use together. */
const PROXY_SHARE = 50;

/** In the place of a country for numbers that have none. */
const NO_COUNTRY = 'none';

/** Everything that one send charges. Limits by address are left out where a caller of the service gave no address. */
export function chargesOf(request: SendRequest, { rules, conversion }: CountedLimits): RuledCharge[] {
  const charges = rules.flatMap((limit) => {
    if (limit.rule === 'perIp') return addressCharges(limit, request.origin);
    const subject = ownSubjectOf(limit.rule, request.number) ?? sharedSubjectOf(limit.rule, request.number);
    return subject === undefined ? [] : [chargeOf(limit, subject, request.isOwnNumber)];
  });
  return conversion === undefined ? charges : [...charges, conversionCharge(conversion, request.number)];
}

/** Name of a limit's counter. */
export function counterKey({ rule, seconds }: Limit, subject: string, isOwnNumber: boolean): string {
  return `${isOwnNumber && OWN_NUMBER_BUDGETS.has(rule) ? 'own:' : ''}${rule}:${seconds}:${subject}`;
}

/** Messages of a limit that are reserved for sends with `ownNumber`. */
export function reservedOf({ rule, max }: Limit): number {
  return RESERVED_RULES.has(rule) ? Math.floor(max / 10) : 0;
}

/** The count from which a limit is full for a send. */
export function maxOf(limit: Limit, isOwnNumber: boolean): number {
  return isOwnNumber ? limit.max : limit.max - reservedOf(limit);
}

/** Name of the counter of messages and verified sessions that a number belongs to. */
export function conversionKey({ by, seconds }: ConversionGuard, number: PhoneNumber): string {
  return `conversion:${seconds}:${by === 'country' ? countryKey(number) : prefixOf(number)}`;
}

/** What a limit of one number counts: `undefined` for limits that many numbers share. */
export function ownSubjectOf(rule: LimitRule, number: PhoneNumber): string | undefined {
  return rule === 'resendAfter' || rule === 'perNumber' ? number.e164 : undefined;
}

/** What a limit counts that a number shares with others: `undefined` for limits by address, and of one number. */
export function sharedSubjectOf(rule: LimitRule, number: PhoneNumber): string | undefined {
  if (rule === 'perPrefix') return prefixOf(number);
  if (rule === 'perCountry') return countryKey(number);
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
    minimumVerified: 1,
    windowMs: limit.seconds * 1000,
    isEnforced: limit.mode === 'enforce',
  };
}

function conversionCharge(guard: ConversionGuard, number: PhoneNumber): RuledCharge {
  return {
    rule: 'conversion',
    key: conversionKey(guard, number),
    max: guard.minimumSent,
    minimumVerified: guard.minimumVerified,
    windowMs: guard.seconds * 1000,
    isEnforced: guard.mode === 'enforce',
  };
}

function countryKey({ country }: PhoneNumber): string {
  return country ?? NO_COUNTRY;
}

/** A number without its last four digits: the range that is given out, and pumped, as one. */
function prefixOf({ e164 }: PhoneNumber): string {
  return e164.slice(0, -4);
}
