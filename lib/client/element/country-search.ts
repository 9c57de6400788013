import { CALLING_CODES } from './countries.js';
import type { CountryChoice } from './country-picker.js';
import { toAsciiDigits } from './digits.js';

/** A country to choose from. */
export interface Country {
  readonly country: string;
  readonly name: string;
  readonly callingCode: string;
  /** What a search compares, in lower case and without accents. */
  readonly terms: readonly string[];
}

/** What people call a country, besides its name. */
const ALIASES: Readonly<Record<string, string>> = {
  AE: 'UAE,Emirates',
  BA: 'Bosnia',
  CD: 'DRC,Congo Kinshasa',
  CG: 'Congo Brazzaville',
  CI: 'Ivory Coast',
  CN: 'PRC',
  CV: 'Cabo Verde',
  CZ: 'Czech Republic',
  GB: 'UK,Great Britain,Britain,England,Scotland,Wales,Northern Ireland',
  KR: 'ROK,Korea',
  MK: 'Macedonia',
  MM: 'Burma',
  NL: 'Holland',
  SA: 'KSA',
  SZ: 'Swaziland',
  TL: 'East Timor',
  TR: 'Turkey,Turkiye',
  US: 'USA,America',
  VA: 'Holy See',
};

/** The names of countries in a language. */
function namesIn(language: string): Intl.DisplayNames {
  return new Intl.DisplayNames([language, 'en'], { type: 'region' });
}

/** The countries to choose from: the preferred ones in their order, then the others by their names. */
export function listCountries({ offered, preferred, language }: CountryChoice): readonly Country[] {
  const names = namesIn(language);
  const english = namesIn('en');
  const { compare } = new Intl.Collator([language, 'en']);
  const rank = (country: string): number => (preferred.includes(country) ? preferred.indexOf(country) : 1e3);
  const countries = offered.map((country) => {
    const name = names.of(country) ?? country;
    const callingCode = CALLING_CODES.get(country) ?? '';
    const aliases = ALIASES[country]?.split(',') ?? [];
    const terms = [name, english.of(country) ?? '', country, callingCode, `+${callingCode}`, ...aliases].map(simplify);
    return { country, name, callingCode, terms };
  });
  countries.sort((one, other) => rank(one.country) - rank(other.country) || compare(one.name, other.name));
  return countries;
}

/** The countries that a text may mean, the most likely first. */
export function searchCountries(countries: readonly Country[], text: string): readonly Country[] {
  const query = simplify(toAsciiDigits(text)).trim();
  if (query === '') return countries;
  const isCode = /^\+?\d+$/.test(query);
  const codes = [...CALLING_CODES.keys()];
  // Of the countries with the same calling code, the largest comes first.
  const order = ({ country }: Country): number => (isCode ? codes.indexOf(country) : 0);
  const found = countries
    .map((country) => ({ country, rank: Math.min(...country.terms.map((term) => rankOf(term, query))) }))
    .filter(({ rank }) => rank < NOT_FOUND);
  found.sort((one, other) => one.rank - other.rank || order(one.country) - order(other.country));
  return found.map(({ country }) => country);
}

const NOT_FOUND = 3;

/** How well a term matches: entirely, from its beginning, or from the beginning of a word. */
function rankOf(term: string, query: string): number {
  if (term === query) return 0;
  if (term.startsWith(query)) return 1;
  for (let at = term.indexOf(query); at > 0; at = term.indexOf(query, at + 1)) {
    if (/[^\p{L}\p{N}]/u.test(term.charAt(at - 1))) return 2;
  }
  return NOT_FOUND;
}

function simplify(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[’‘ʼ]/g, "'").toLowerCase();
}
