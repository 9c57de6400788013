import en from '../locales/en.js';
import { directionOf, isEnglish } from './locale.js';
import { isLocale, textsOf, withChanges } from './locale-texts.js';
import type { PhoneVerifyLocale } from './phone-verify.locale.js';
import type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './texts.js';

/** What changes nothing. */
const UNCHANGED: PhoneVerifyTextChanges = {};

/** The texts of an element: those of a language, with what the application has changed. */
export class ElementTexts {
  #loaded: PhoneVerifyLocale = en;
  /** The language that is wanted last: the texts of an earlier one that arrive later are ignored. */
  #wanted = en.language;
  /** While the texts of that language are loaded. */
  #loading: Promise<void> | undefined;
  /** What the application has set last. */
  #set: PhoneVerifyTextChanges | PhoneVerifyLocale = UNCHANGED;
  /** The texts of a language that the application has set. No other is loaded. */
  #given: PhoneVerifyLocale | undefined;
  #changes = UNCHANGED;
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

  /**
   * Sets the application's texts: those of a whole language, or changes of single ones. By default, the built-in texts.
   *
   * @returns Whether that makes a difference.
   */
  change(given: PhoneVerifyTextChanges | PhoneVerifyLocale | null | undefined): boolean {
    const texts = given ?? UNCHANGED;
    if (texts === this.#set) return false;
    this.#set = texts;
    [this.#given, this.#changes] = isLocale(texts) ? [texts, UNCHANGED] : [undefined, texts];
    this.#render();
    return true;
  }

  /**
   * Uses the texts of a language. A language that cannot be loaded changes nothing.
   *
   * @returns `undefined` if its texts are here already; otherwise resolves when they have arrived, or failed to.
   */
  use(language: string): Promise<void> | undefined {
    if (this.#given !== undefined) return undefined;
    if (language === this.#wanted) return this.#loading;
    this.#wanted = language;
    this.#loading = undefined;
    if (isEnglish(language)) this.#keep(en);
    else this.#loading = this.#load(language);
    return this.#loading;
  }

  async #load(language: string): Promise<void> {
    // The application may set its own texts right after it has inserted the element.
    await Promise.resolve();
    const locale = this.#given === undefined ? await loadTexts(language) : undefined;
    if (language !== this.#wanted) return;
    this.#loading = undefined;
    if (locale !== undefined) this.#keep(locale);
    // The next use tries again.
    else this.#wanted = this.#loaded.language;
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

/** The texts of a language, English ones where there are none; `undefined` if they cannot be loaded. */
async function loadTexts(language: string): Promise<PhoneVerifyLocale | undefined> {
  try {
    const { loadLocale } = await import('./languages.js');
    return (await loadLocale(language)) ?? en;
  } catch {
    return undefined;
  }
}
