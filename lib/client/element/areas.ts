/** Countries that share the calling code 1 with the United States, each followed by its areas. */
const AREAS =
  'CA204226236249250257263273289306343354365367368382403416418428431437438450468474506514519548579581584587600604613622' +
  '633639647672683705709742753778780782807819825867873879902905942BS242BB246AI264AG268VG284VI340KY345BM441GD473TC649' +
  'JM658876MS664MP670GU671AS684SX721LC758DM767VC784PR787939DO809829849TT868KN869';

/** Beginnings of numbers that tell the smaller of countries that share another calling code. */
const PREFIXES: readonly (readonly [prefix: string, country: string])[] = [
  ['76', 'KZ'],
  ['77', 'KZ'],
  ['3906698', 'VA'],
  ['441481', 'GG'],
  ['447781', 'GG'],
  ['447839', 'GG'],
  ['441534', 'JE'],
  ['447797', 'JE'],
  ['441624', 'IM'],
  ['447624', 'IM'],
  ['447924', 'IM'],
  ['4779', 'SJ'],
  ['212528', 'EH'],
  ['262269', 'YT'],
  ['262639', 'YT'],
  ['2908', 'TA'],
  ['35818', 'AX'],
  ['5993', 'BQ'],
  ['5994', 'BQ'],
  ['5997', 'BQ'],
];

/** Country by the beginning of a number, without `+`. */
const COUNTRY_BY_PREFIX: ReadonlyMap<string, string> = new Map([
  ...Array.from(AREAS.matchAll(/([A-Z]{2})(\d+)/g)).flatMap(([, country = '', areas = '']) =>
    (areas.match(/.../g) ?? []).map((area): [string, string] => [`1${area}`, country]),
  ),
  ...PREFIXES,
]);

/** The countries of all other areas, where the table has every area of the smaller ones. */
const LARGEST: readonly (readonly [prefix: RegExp, country: string])[] = [
  [/^1\d{3}/, 'US'],
  [/^7\d/, 'RU'],
];

/** The country that the beginning of a number with `+` tells; `undefined` if it could be of several. */
export function countryOfArea(number: string): string | undefined {
  const digits = number.slice(1);
  for (let length = digits.length; length > 1; length -= 1) {
    const country = COUNTRY_BY_PREFIX.get(digits.slice(0, length));
    if (country !== undefined) return country;
  }
  return LARGEST.find(([prefix]) => prefix.test(digits))?.[1];
}
