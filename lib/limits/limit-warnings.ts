import { isProduction } from '../common/environment.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import type { ConversionGuard } from './limit.js';
import type { ResolvedLimits } from './limits.options.js';

/** What an operator should know of the limits before people reach the application. */
export function warningsOfLimits(
  options: Pick<ResolvedPhoneVerifyOptions, 'limits' | 'maxFailedAttempts' | 'numbers'>,
): readonly string[] {
  const { limits, maxFailedAttempts, numbers } = options;
  const warnings: string[] = [];
  if (!isEnforced(limits, 'perNumber')) {
    warnings.push(
      `limits.perNumber: it ${stateOf(limits, 'perNumber')}, so the codes of one number can be guessed without end: each ` +
        `session takes ${maxFailedAttempts} wrong codes, and nothing caps the sessions of a number. Enforce an entry of it`,
    );
  }
  if (!isProduction()) return warnings;
  if (numbers.allowedCountries === undefined && !isEnforced(limits, 'total')) {
    warnings.push(
      `limits: messages go to every country, and nothing caps all of them together: numbers.allowedCountries is not set, ` +
        `limits.total ${stateOf(limits, 'total')}. Limits by number, address and prefix do not stop somebody who has ` +
        `many of each. ${saysGuard(limits.conversion)} To bound the bill, name the countries of your people in ` +
        'numbers.allowedCountries, and cap all messages with limits.total',
    );
  }
  // With `limits: false` nothing is counted.
  if (limits.store === 'memory' && limits.testNumbers) {
    warnings.push(
      'limits.store: "memory" counts in this process alone and forgets at a restart: with several processes each has ' +
        'every limit to itself. Leave it out for the database, or give { redis: client }',
    );
  }
  return warnings;
}

function isEnforced({ rules }: ResolvedLimits, name: 'perNumber' | 'total'): boolean {
  return rules.some(({ rule, mode }) => rule === name && mode === 'enforce');
}

/** Of a limit that is not enforced. */
function stateOf({ rules }: ResolvedLimits, name: 'perNumber' | 'total'): string {
  return rules.some(({ rule }) => rule === name) ? 'only reports' : 'is off';
}

function saysGuard(guard: ConversionGuard | undefined): string {
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
