import type { PhoneVerifyLocale } from './phone-verify.locale.js';

interface LocaleModule {
  readonly default: PhoneVerifyLocale;
}

/**
 * The languages of the texts beside English, each a file of its own that is loaded when it is needed. The paths are
 * literal, so that every bundler finds them. So is the list itself, which a page in English does not need.
 */
export const LOCALES: Readonly<Record<string, () => Promise<LocaleModule>>> = {
  ar: () => import('../locales/ar.js'),
  bg: () => import('../locales/bg.js'),
  bn: () => import('../locales/bn.js'),
  ca: () => import('../locales/ca.js'),
  cs: () => import('../locales/cs.js'),
  da: () => import('../locales/da.js'),
  de: () => import('../locales/de.js'),
  el: () => import('../locales/el.js'),
  es: () => import('../locales/es.js'),
  et: () => import('../locales/et.js'),
  fa: () => import('../locales/fa.js'),
  fi: () => import('../locales/fi.js'),
  fil: () => import('../locales/fil.js'),
  fr: () => import('../locales/fr.js'),
  he: () => import('../locales/he.js'),
  hi: () => import('../locales/hi.js'),
  hr: () => import('../locales/hr.js'),
  hu: () => import('../locales/hu.js'),
  id: () => import('../locales/id.js'),
  it: () => import('../locales/it.js'),
  ja: () => import('../locales/ja.js'),
  ko: () => import('../locales/ko.js'),
  lt: () => import('../locales/lt.js'),
  lv: () => import('../locales/lv.js'),
  ms: () => import('../locales/ms.js'),
  nb: () => import('../locales/nb.js'),
  nl: () => import('../locales/nl.js'),
  nn: () => import('../locales/nn.js'),
  no: () => import('../locales/no.js'),
  pl: () => import('../locales/pl.js'),
  pt: () => import('../locales/pt.js'),
  'pt-BR': () => import('../locales/pt-BR.js'),
  ro: () => import('../locales/ro.js'),
  ru: () => import('../locales/ru.js'),
  sk: () => import('../locales/sk.js'),
  sl: () => import('../locales/sl.js'),
  sr: () => import('../locales/sr.js'),
  'sr-Latn': () => import('../locales/sr-Latn.js'),
  sv: () => import('../locales/sv.js'),
  sw: () => import('../locales/sw.js'),
  ta: () => import('../locales/ta.js'),
  th: () => import('../locales/th.js'),
  tr: () => import('../locales/tr.js'),
  uk: () => import('../locales/uk.js'),
  ur: () => import('../locales/ur.js'),
  vi: () => import('../locales/vi.js'),
  'zh-Hans': () => import('../locales/zh-Hans.js'),
  'zh-Hant': () => import('../locales/zh-Hant.js'),
};

/** Loads the texts for a language; `undefined` if there are none but the English ones. */
export async function loadLocale(language: string): Promise<PhoneVerifyLocale | undefined> {
  const loaded = await LOCALES[localeFor(language)]?.();
  return loaded?.default;
}

/** The tag of the texts for a language: `zh-Hant` for `zh-TW`, `pt` for `pt-AO`. English if there are none. */
export function localeFor(language: string): string {
  const wanted = new Intl.Locale(language);
  const { script } = wanted.maximize();
  const candidates = [`${wanted.language}-${wanted.region}`, `${wanted.language}-${script}`, wanted.language];
  return candidates.find((tag) => Object.hasOwn(LOCALES, tag)) ?? 'en';
}
