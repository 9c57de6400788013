import { CALLING_CODES } from './element/countries.js';

/** Calling codes after which a 0 is part of the number: Italy, San Marino, Vatican, Ivory Coast, Gabon, Congo. */
const CODES_WITH_LEADING_ZERO: ReadonlySet<string> = new Set(['39', '378', '379', '225', '241', '242']);

/**
 * Whether a plain spelling with `+` is that of a number in E.164: `+49 0151…` is `+49151…`, because a 0 that is dialled
 * at home only is often typed after the calling code too.
 */
export function isSameNumber(spelling: string, e164: string): boolean {
  if (spelling === e164) return true;
  const code = [...CALLING_CODES.values()].find((each) => e164.startsWith(`+${each}`));
  if (code === undefined || CODES_WITH_LEADING_ZERO.has(code)) return false;
  return spelling === `+${code}0${e164.slice(1 + code.length)}`;
}
