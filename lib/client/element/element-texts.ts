import en from '../locales/en.js';
import { directionOf, isEnglish } from './locale.js';
import { isLocale, textsOf, withChanges } from './locale-texts.js';
import type { PhoneVerifyLocale } from './phone-verify.locale.js';
import type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './texts.js';

/** The texts of an element: those of a language, with what the application has changed. */
export class ElementTexts {
  #loaded: PhoneVerifyLocale = en;
  /** The language that is wanted last: the texts of an earlier one that arrive later are ignored. */
  #wanted = en.language;
  /** The texts of a language that the application has set. No other is loaded. */
  #given: PhoneVerifyLocale | undefined;
  #changes: PhoneVerifyTextChanges = {};
  #current = textsOf(en);

  get current(): PhoneVerifyTexts {
    return this.#current;
  }

  /** BCP 47 tag of what the texts are written in. */
  get language(): string {
    return this.#locale.language;
  }

  get direction(): 'ltr' | 'rtl' {
    return directionOf(this.language);
  }

  /** Sets the application's texts: those of a whole language, or changes of single ones. */
  change(texts: PhoneVerifyTextChanges | PhoneVerifyLocale): void {
    [this.#given, this.#changes] = isLocale(texts) ? [texts, {}] : [undefined, texts];
    this.#render();
  }

  /**
   * Uses the texts of a language. A language that cannot be loaded changes nothing.
   *
   * @returns `undefined` if its texts are here already; otherwise resolves when they have arrived, or failed to.
   */
  use(language: string): Promise<void> | undefined {
    if (this.#given !== undefined || language === this.#wanted) return undefined;
    this.#wanted = language;
    if (!isEnglish(language)) return this.#load(language);
    this.#keep(en);
    return undefined;
  }

  async #load(language: string): Promise<void> {
    try {
      const { loadLocale } = await import('./languages.js');
      const locale = (await loadLocale(language)) ?? en;
      if (language === this.#wanted) this.#keep(locale);
    } catch {
      // The next use tries again.
      if (language === this.#wanted) this.#wanted = this.#loaded.language;
    }
  }

  get #locale(): PhoneVerifyLocale {
    return this.#given ?? this.#loaded;
  }

  #keep(locale: PhoneVerifyLocale): void {
    this.#loaded = locale;
    this.#render();
  }

  #render(): void {
    this.#current = withChanges(textsOf(this.#locale), this.#changes);
  }
}
