import type { PhoneVerifyLocale } from './phone-verify.locale.js';

interface LocaleModule {
  readonly default: PhoneVerifyLocale;
}

/**
 * The languages of the texts beside English, each a file of its own that is loaded when it is needed. The paths are
 * literal, so that every bundler finds them.
 */
export const LOCALES: Readonly<Record<string, () => Promise<LocaleModule>>> = {
  de: () => import('../locales/de.js'),
};

/** The tag of the texts for a language: `zh-Hant` for `zh-TW`, `pt` for `pt-AO`. English if there are none. */
export function localeFor(language: string): string {
  const wanted = new Intl.Locale(language);
  const { script } = wanted.maximize();
  const candidates = [`${wanted.language}-${wanted.region}`, `${wanted.language}-${script}`, wanted.language];
  return candidates.find((tag) => Object.hasOwn(LOCALES, tag)) ?? 'en';
}
