import { type CountryCode, type PhoneNumber as ParsedNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/**
 * Converts the forms in which one mobile of a country is written to a single one, so that it has one row key and one
 * budget. `undefined` where digits are certainly missing.
 */
type NationalForm = (number: ParsedNumber) => ParsedNumber | undefined;

/** Countries whose mobiles are written with and without a digit that reaches the same phone. */
export const NATIONAL_FORMS: ReadonlyMap<CountryCode | undefined, NationalForm> = new Map<
  CountryCode | undefined,
  NationalForm
>([
  ['AR', argentineForm],
  ['BR', brazilianForm],
  ['MX', mexicanForm],
]);

/**
 * An Argentine mobile is written with a 9 after the country code (`+54 9 11 …`) or without (`+54 11 …`), and both reach
 * the same SIM; no land line shares its digits with a mobile. Messages go to the form with the 9, as do those to a
 * number of an unknown range, so that it too is one.
 */
function argentineForm(number: ParsedNumber): ParsedNumber | undefined {
  const mobile = converted(number, /^\+54(?!9)/, '+549');
  const isLandLine = !mobile.isValid() && number.isValid();
  const canonical = mobile.isPossible() && !isLandLine ? mobile : number;
  return isComplete(canonical) ? canonical : undefined;
}

/**
 * Inside Argentina a mobile is dialled with 15 after the area code. The parser drops the 15 where area code and number
 * have all ten digits. Where it is still there, the area code or a part of the number is missing.
 */
function isComplete(number: ParsedNumber): boolean {
  if (number.isValid()) return !/^\+549?1115/.test(number.number);
  return /^\+549(?!(?:11|[23]\d{2,3})?15)\d{10}$/.test(number.number);
}

/** Until 2016, area by area, Brazilian mobiles of eight digits got a 9 in front. Land lines begin with 2 to 5. */
function brazilianForm(number: ParsedNumber): ParsedNumber {
  return converted(number, /^(?<area>\+55\d\d)(?=[6-9]\d{7}$)/, '$<area>9');
}

/**
 * Until 2019 a Mexican mobile was dialled with a 1 after the country code from abroad, and with 01, 044 or 045 in front
 * at home. Today every number has ten digits.
 */
function mexicanForm(number: ParsedNumber): ParsedNumber {
  return converted(number, /^\+52(?:1|01|044|045)(?=\d{10}$)/, '+52');
}

function converted(number: ParsedNumber, form: RegExp, canonical: string): ParsedNumber {
  if (!form.test(number.number)) return number;
  return parsePhoneNumberFromString(number.number.replace(form, canonical)) ?? number;
}
