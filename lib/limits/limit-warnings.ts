import { isProduction } from '../common/environment.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { ConversionGuard, Limit } from './limit.js';
import { type Bounds, RULES } from './limit-rules.js';
import type { ResolvedLimits } from './limits.options.js';

/** Warnings for the operator at startup, before the first request. */
export function warningsOfLimits(
  options: Pick<ResolvedPhoneVerifyOptions, 'limits' | 'maxFailedAttempts' | 'numbers'>,
): readonly string[] {
  const { limits, maxFailedAttempts, numbers } = options;
  const warnings: string[] = [];
  if (!isBounded(limits, 'guesses')) {
    warnings.push(
      `limits.perNumber: it ${stateOf(limits, 'guesses')}, so the codes of one number can be guessed without end: each ` +
        `session takes ${maxFailedAttempts} wrong codes, and nothing caps the sessions of a number. Enforce an entry of it`,
    );
  }
  if (!isProduction()) return warnings;
  if (numbers.allowedCountries === undefined && !isBounded(limits, 'messages')) {
    warnings.push(
      `limits: messages go to every country, and nothing caps all of them together: numbers.allowedCountries is not set, ` +
        `limits.total ${stateOf(limits, 'messages')}. Limits by number, address and prefix do not stop somebody who has ` +
        `many of each. ${describeGuard(limits.conversion)} To bound the bill, name the countries of your people in ` +
        'numbers.allowedCountries, and cap all messages with limits.total',
    );
  }
  // With `limits: false` nothing is counted.
  if (limits.store === 'memory' && limits.rules.length > 0) {
    warnings.push(
      'limits.store: "memory" counts in this process alone and forgets at a restart: with several processes each has ' +
        'every limit to itself. Leave it out for the database, or give { redis: client }',
    );
  }
  return warnings;
}

function isBounded(limits: ResolvedLimits, bounds: Bounds): boolean {
  return limitsThatBound(limits, bounds).some(({ mode }) => mode === 'enforce');
}

/** State of a rule that is not enforced. */
function stateOf(limits: ResolvedLimits, bounds: Bounds): string {
  return limitsThatBound(limits, bounds).length > 0 ? 'only reports' : 'is off';
}

function limitsThatBound({ rules }: ResolvedLimits, bounds: Bounds): readonly Limit[] {
  return rules.filter(({ rule }) => RULES[rule].bounds === bounds);
}

function describeGuard(guard: ConversionGuard | undefined): string {
  if (guard === undefined) return 'limits.conversion, which could stop a range or country that is abused, is off.';
  const { by, mode, minimumSent, minimumVerified, minimumAddresses } = guard;
  const country =
    by === 'country' ? `, or a country when they are requested from about ${minimumAddresses} addresses,` : '';
  if (mode === 'report') return 'limits.conversion, which could stop a range or country that is abused, only reports.';
  return (
    `Only limits.conversion is left: it stops a prefix${country} when, of ${minimumSent} messages or more, a share of ` +
    `less than ${minimumVerified} was verified.`
  );
}
