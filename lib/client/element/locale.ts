/** Scripts that are written from right to left, and languages that use one of them unless their tag names another. */
const RIGHT_TO_LEFT = new Set('arab hebr thaa ar ckb dv fa he ks ps sd ug ur yi'.split(' '));

/**
 * The first valid language tag of several, such as those of an attribute, the page and the browser. Only its language,
 * script and region, because `Intl` refuses some tags that are valid in HTML, such as `zh-cmn-Hans`.
 */
export function firstLanguage(...languages: readonly (string | null | undefined)[]): string {
  const { language = 'en', script, region } = languages.map(readTag).find((tag) => tag !== undefined) ?? {};
  return [language, script, region].filter((part) => part !== undefined).join('-');
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
export function directionOf(tag: string): 'ltr' | 'rtl' {
  const { language, script } = readTag(tag) ?? {};
  return RIGHT_TO_LEFT.has(script ?? language ?? '') ? 'rtl' : 'ltr';
}

/** Whether a language is English, of any country. */
export function isEnglish(tag: string): boolean {
  return readTag(tag)?.language === 'en';
}

/** The country in the first language tag, or else the one where that language has most speakers. */
export function countryOfLanguages(languages: readonly string[]): string | undefined {
  const tags = languages.map(readTag).filter((tag) => tag !== undefined);
  const named = tags.find(({ region }) => region !== undefined)?.region;
  return named ?? (tags[0] && new Intl.Locale(tags[0].language).maximize().region);
}

/** The `lang` attributes around an element, the nearest first, also those outside its shadow tree. */
function pageLanguages(element: Element): string[] {
  const nearest = element.closest('[lang]');
  const root = element.getRootNode();
  const outer = nearest?.parentElement ?? (root instanceof ShadowRoot ? root.host : undefined);
  return [...(nearest === null ? [] : [nearest.getAttribute('lang') ?? '']), ...(outer ? pageLanguages(outer) : [])];
}

/** The parts of a BCP 47 tag that matter here. Language and script are in lower case, the region in capitals. */
interface LanguageTag {
  readonly language: string;
  readonly script: string | undefined;
  readonly region: string | undefined;
}

/**
 * Reads a language tag; `undefined` for anything else. Not by `Intl.Locale`: its first use takes longer than the rest of
 * the element.
 */
function readTag(tag: string | null | undefined): LanguageTag | undefined {
  const form = /^([a-z]{2,3})(?:-[a-z]{3})*(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-[\da-z-]*)?$/;
  const [, language, script, region] = form.exec(tag?.toLowerCase() ?? '') ?? [];
  return language === undefined ? undefined : { language, script, region: region?.toUpperCase() };
}
