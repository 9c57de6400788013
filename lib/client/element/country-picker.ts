import { CALLING_CODES } from './countries.js';
import { make, setText } from './dom.js';
import type { PhoneVerifyTexts } from './texts.js';

/** The countries that an element offers. */
export interface CountryChoice {
  /** ISO 3166-1 alpha-2. */
  readonly offered: readonly string[];
  /** Those that come first. */
  readonly preferred: readonly string[];
  /** The language of their names. */
  readonly language: string;
}

/** A button that shows the country, and opens the list of countries. */
export class CountryPicker {
  readonly root: HTMLElement;
  readonly #button = make('button', { type: 'button', part: 'country', 'aria-haspopup': 'dialog' });
  readonly #shown = make('span');
  readonly #texts: PhoneVerifyTexts;
  readonly #choice: CountryChoice;
  readonly #onSelect: () => void;
  #country: string;
  #names: Intl.DisplayNames | undefined;

  constructor(texts: PhoneVerifyTexts, choice: CountryChoice, country: string, onSelect: () => void) {
    this.#texts = texts;
    this.#choice = choice;
    this.#onSelect = onSelect;
    const [first = ''] = [...choice.preferred, ...choice.offered];
    this.#country = choice.offered.includes(country) ? country : first;
    this.#button.append(this.#shown);
    // With one country there is nothing to choose.
    const isFixed = choice.offered.length === 1;
    this.root = make('div', { class: 'choice' }, isFixed ? this.#shown : this.#button);
    this.#button.addEventListener('click', () => void this.#open());
    // The list is a file of its own, which is here by the time of a click.
    this.#button.addEventListener('pointerenter', () => void loadList());
    this.#button.addEventListener('focus', () => {
      void loadList();
      this.#nameCountry();
    });
    this.#button.addEventListener('keydown', (event) => {
      const isLetter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isLetter || event.key === 'ArrowDown' || event.key === 'ArrowUp') void this.#open(isLetter ? event.key : '');
      if (isLetter || event.key.startsWith('Arrow')) event.preventDefault();
    });
    this.show(false);
  }

  get country(): string {
    return this.#country;
  }

  set country(country: string) {
    this.#country = country;
  }

  get callingCode(): string {
    return CALLING_CODES.get(this.#country) ?? '';
  }

  /** Shows the country. A number that is typed with `+` has its calling code itself. */
  show(isInternational: boolean): void {
    const code = `+${this.callingCode}`;
    setText(this.#shown, isInternational ? this.#country : `${this.#country} ${code}`);
    const name = this.#names?.of(this.#country);
    const shown = `${name === undefined ? '' : `${name}, `}${this.#country} ${code}`;
    this.#button.setAttribute('aria-label', `${this.#texts.country}: ${shown}`);
  }

  /** Loading the names takes longer than the rest of the element, so that is done for whoever reaches the button. */
  #nameCountry(): void {
    this.#names ??= new Intl.DisplayNames([this.#choice.language, 'en'], { type: 'region' });
    this.show(!this.#shown.textContent.includes('+'));
  }

  async #open(query = ''): Promise<void> {
    const list = await loadList();
    // A second key that was pressed before the list was here opens nothing.
    if (list === undefined || !this.root.isConnected || this.root.querySelector('dialog') !== null) return;
    list.openCountryList(this.root, {
      ...this.#choice,
      texts: this.#texts,
      selected: this.#country,
      query,
      select: (country) => {
        this.#country = country;
        this.#onSelect();
      },
    });
  }
}

/** Loads the list; `undefined` if it cannot be loaded. A number with `+` needs no list. */
async function loadList(): Promise<typeof import('./country-list.js') | undefined> {
  try {
    return await import('./country-list.js');
  } catch {
    return undefined;
  }
}
