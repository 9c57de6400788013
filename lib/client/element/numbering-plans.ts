import {
  AsYouType,
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/mobile';
import { countryOfArea } from './areas.js';
import type { NumberFormat } from './number-format.js';

/** The numbering plans. A file of their own when bundled: the element loads it when somebody begins to type. */
export const numberingPlans: NumberFormat = {
  punctuate: (text, country) => {
    // The server says what is wrong with letters. The formatter would remove them.
    if (/[^+\d]/.test(text)) return text;
    const punctuated = new AsYouType(supported(country)).input(text);
    // A formatter may drop a character that a person typed.
    return digitsOf(punctuated) === digitsOf(text) ? punctuated : text;
  },
  read: (text, country) => {
    const parsed = parse(text, supported(country));
    return parsed && { number: parsed.number, isPossible: parsed.isPossible() };
  },
  countryOf: countryOfArea,
  group: (number) => parsePhoneNumberFromString(number)?.formatInternational() ?? number,
};

/** A number that is that of a mobile phone only with `+` in front was copied without it. */
function parse(text: string, country: CountryCode | undefined): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, country);
  if (parsed?.isValid() || text.startsWith('+')) return parsed;
  const international = parsePhoneNumberFromString(`+${text}`);
  return international?.isValid() && international.countryCallingCode === parsed?.countryCallingCode
    ? international
    : parsed;
}

function supported(country: string): CountryCode | undefined {
  return isSupportedCountry(country) ? country : undefined;
}

function digitsOf(text: string): string {
  return text.replace(/[^+\d]/g, '');
}
