import type { CountingRule } from '../common/limit-rule.js';
import type { Limit } from './limit.js';
import { type CountedClient, isByNumber, type RuleByNumber, RULES } from './limit-rules.js';
import type { Charge } from './limit.store.js';
import type { SendRequest } from './send-request.js';

/** A charge and the rule that it comes from. */
export interface RuledCharge extends Charge {
  readonly rule: CountingRule;
  /** Messages beyond `max` that are reserved for sends with `ownNumber`. */
  readonly reserved: number;
  /** Whose messages the counter counts, where the rule counts by client. */
  readonly client: string | undefined;
}

/** Everything that one send charges. */
export function chargesOf(request: SendRequest, limits: readonly Limit[]): RuledCharge[] {
  const charges: RuledCharge[] = [];
  const clientsOf = new Map<CountingRule, readonly CountedClient[]>();
  for (const limit of limits) {
    const rule = RULES[limit.rule];
    if (!rule.counts(request)) continue;
    if (isByNumber(rule)) {
      charges.push(chargeOfNumber(limit, rule, request));
      continue;
    }
    const clients = clientsOf.get(limit.rule) ?? rule.clientsOf(request);
    clientsOf.set(limit.rule, clients);
    for (const client of clients) charges.push(chargeOfClient(limit, client));
  }
  return charges;
}

/** Whether the application knows that its caller owns the number. */
type Caller = Pick<SendRequest, 'isOwnNumber'>;

/** Name of a limit's counter. */
export function counterKey({ rule, seconds }: Limit, counted: string, { isOwnNumber }: Caller): string {
  return `${isOwnNumber && RULES[rule].ownNumber === 'separate' ? 'own:' : ''}${rule}:${seconds}:${counted}`;
}

/** The count from which a limit is full for a send. */
export function maxOf(limit: Limit, { isOwnNumber }: Caller): number {
  return isOwnNumber ? limit.max : limit.max - reservedOf(limit);
}

/** Messages of a limit that are reserved for sends with `ownNumber`. */
function reservedOf({ rule, max }: Limit): number {
  return RULES[rule].ownNumber === 'reserve' ? Math.floor(max / 10) : 0;
}

function chargeOfNumber(limit: Limit, rule: RuleByNumber, { number, isOwnNumber }: SendRequest): RuledCharge {
  return {
    rule: limit.rule,
    key: counterKey(limit, rule.countedAs(number), { isOwnNumber }),
    max: maxOf(limit, { isOwnNumber }),
    reserved: isOwnNumber ? 0 : reservedOf(limit),
    windowMs: limit.seconds * 1000,
    isEnforced: limit.mode === 'enforce',
    client: undefined,
  };
}

function chargeOfClient(limit: Limit, { name, label = name, share, onlyReports = false }: CountedClient): RuledCharge {
  return {
    rule: limit.rule,
    key: counterKey(limit, name, { isOwnNumber: false }),
    max: limit.max * share,
    reserved: 0,
    windowMs: limit.seconds * 1000,
    isEnforced: limit.mode === 'enforce' && !onlyReports,
    client: label,
  };
}
