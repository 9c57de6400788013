/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Mend', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa']);

/** The first of some languages that is one, such as an attribute's, the page's and the browser's. */
export function firstLanguage(...languages: readonly (string | null | undefined)[]): string {
  return languages.find((language) => readLocale(language) !== undefined) ?? 'en';
}

/** Where a language is written from right to left, `'rtl'`. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(readLocale(language)?.maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** The country that the first of some languages names, or else the one where the first language is spoken most. */
export function countryOfLanguages(languages: readonly string[]): string | undefined {
  const locales = languages.map(readLocale).filter((locale) => locale !== undefined);
  return locales.find(({ region }) => region !== undefined)?.region ?? locales[0]?.maximize().region;
}

function readLocale(language: string | null | undefined): Intl.Locale | undefined {
  try {
    return language ? new Intl.Locale(language) : undefined;
  } catch {
    return undefined;
  }
}
