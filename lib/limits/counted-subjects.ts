import type { PhoneNumber } from '../phone-number/phone-number.js';

/** In the place of a country for numbers that have none. */
const NO_COUNTRY = 'none';

/** The country that a number is counted in. */
export function countryOf({ country }: PhoneNumber): string {
  return country ?? NO_COUNTRY;
}

/** A number without its last four digits: the range that is given out, and pumped, as one. */
export function prefixOf({ e164 }: PhoneNumber): string {
  return e164.slice(0, -4);
}
