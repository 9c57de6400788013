/** Right-to-left scripts. */
const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Mend', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa']);

/** The first valid language tag of several, such as those of an attribute, the page and the browser. */
export function firstLanguage(...languages: readonly (string | null | undefined)[]): string {
  return languages.find((language) => readLocale(language) !== undefined) ?? 'en';
}

/** The language of an element: the wanted one, otherwise that of the page around it, otherwise of the browser. */
export function languageOf(element: Element, wanted: string | null): string {
  return firstLanguage(wanted, ...pageLanguages(element), navigator.language);
}

/**
 * Calls a function whenever a `lang` attribute of the page changes.
 *
 * @returns Stops that.
 */
export function observeLanguage(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ['lang'], subtree: true });
  return () => observer.disconnect();
}

/** The direction in which a language is written. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(readLocale(language)?.maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** The country in the first language tag, or else the one where that language has most speakers. */
export function countryOfLanguages(languages: readonly string[]): string | undefined {
  const locales = languages.map(readLocale).filter((locale) => locale !== undefined);
  return locales.find(({ region }) => region !== undefined)?.region ?? locales[0]?.maximize().region;
}

/** The `lang` attributes around an element, the nearest first, also those outside its shadow tree. */
function pageLanguages(element: Element): string[] {
  const nearest = element.closest('[lang]');
  const root = element.getRootNode();
  const outer = nearest?.parentElement ?? (root instanceof ShadowRoot ? root.host : undefined);
  return [...(nearest === null ? [] : [nearest.getAttribute('lang') ?? '']), ...(outer ? pageLanguages(outer) : [])];
}

function readLocale(language: string | null | undefined): Intl.Locale | undefined {
  try {
    return language ? new Intl.Locale(language) : undefined;
  } catch {
    return undefined;
  }
}
