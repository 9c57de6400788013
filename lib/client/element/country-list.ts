import type { CountryChoice } from './country-picker.js';
import { type Country, listCountries, searchCountries } from './country-search.js';
import { COUNTRY_STYLES } from './country-styles.js';
import { addStyles, make } from './dom.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What a list of countries needs from its picker. */
export interface CountryListOptions extends CountryChoice {
  readonly texts: PhoneVerifyTexts;
  readonly selected: string;
  /** What the person searches for already. */
  readonly query: string;
  readonly select: (country: string) => void;
}

/** How many options PageUp and PageDown skip. */
const PAGE = 8;

/** Space between the list and its field, and the edge of the window, in pixels. */
const DISTANCE = 6;

/** Opens a list of countries below an element, or above it where there is more space. */
export function openCountryList(anchor: HTMLElement, options: CountryListOptions): void {
  addStyles(anchor, COUNTRY_STYLES);
  new CountryList(options).open(anchor);
}

/** A dialog with a search and a listbox, in the ARIA pattern of a combobox. It exists while it is open. */
class CountryList {
  readonly #dialog: HTMLDialogElement;
  readonly #search: HTMLInputElement;
  readonly #listbox: HTMLElement;
  readonly #status = make('p', { class: 'unseen', role: 'status' });
  readonly #options: ReadonlyMap<Country, HTMLElement>;
  readonly #countries: readonly Country[];
  #shown: readonly Country[];
  #active: Country | undefined;

  constructor(private readonly options: CountryListOptions) {
    const { texts } = options;
    this.#countries = listCountries(options);
    this.#shown = this.#countries;
    this.#options = new Map(this.#countries.map((country, index) => [country, this.#option(country, index)]));
    this.#listbox = make(
      'ul',
      { id: 'countries', role: 'listbox', 'aria-label': texts.country },
      ...this.#options.values(),
    );
    this.#search = make('input', {
      id: 'country-search',
      part: 'country-search',
      role: 'combobox',
      'aria-label': texts.countrySearch,
      placeholder: texts.countrySearch,
      'aria-autocomplete': 'list',
      'aria-controls': 'countries',
      'aria-expanded': 'true',
      autocomplete: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      enterkeyhint: 'done',
    });
    const close = make('button', { type: 'button', part: 'close', 'aria-label': texts.close }, '×');
    const top = make('div', { class: 'search' }, this.#search, close);
    this.#dialog = make('dialog', { part: 'countries', 'aria-label': texts.country }, top, this.#listbox, this.#status);
    close.addEventListener('click', () => this.#dialog.close());
    this.#listen();
  }

  open(anchor: HTMLElement): void {
    const stop = new AbortController();
    const place = (): void => {
      if (this.#dialog.isConnected) this.#place(anchor);
      else stop.abort();
    };
    // The field is written from left to right in every language, the list is not.
    this.#dialog.dir = anchor.closest<HTMLElement>('.card')?.dir ?? '';
    anchor.append(this.#dialog);
    this.#dialog.showModal();
    place();
    addEventListener('resize', place, { signal: stop.signal });
    addEventListener('scroll', place, { signal: stop.signal, passive: true });
    this.#dialog.addEventListener('close', () => {
      stop.abort();
      this.#dialog.remove();
    });
    this.#search.focus();
    this.#search.value = this.options.query;
    if (this.options.query !== '') this.#filter();
    else this.#activate(this.#countries.find(({ country }) => country === this.options.selected));
  }

  #listen(): void {
    this.#search.addEventListener('input', () => this.#filter());
    this.#search.addEventListener('keydown', (event) => this.#press(event));
    this.#dialog.addEventListener('click', ({ target }) => {
      // Outside of the list, the target is the dialog itself.
      if (target === this.#dialog) this.#dialog.close();
    });
    this.#listbox.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest('[role=option]') : null;
      this.#select([...this.#options].find(([, each]) => each === option)?.[0]);
    });
    // The search keeps the focus.
    this.#listbox.addEventListener('mousedown', (event) => event.preventDefault());
  }

  #option({ country, name, callingCode }: Country, index: number): HTMLElement {
    return make(
      'li',
      {
        id: `country-${country}`,
        role: 'option',
        'aria-selected': String(country === this.options.selected),
        ...(index + 1 === this.options.preferred.length && { class: 'last-preferred' }),
      },
      make('span', {}, name),
      make('span', { class: 'iso' }, country),
      make('span', { class: 'calling', dir: 'ltr' }, `+${callingCode}`),
    );
  }

  #filter(): void {
    const query = this.#search.value;
    this.#shown = searchCountries(this.#countries, query);
    this.#listbox.replaceChildren(...this.#shown.map((country) => this.#options.get(country) ?? ''));
    this.#listbox.toggleAttribute('data-filtered', query !== '');
    this.#status.textContent = this.options.texts.countriesFound(this.#shown.length);
    this.#activate(this.#shown[0]);
  }

  #press(event: KeyboardEvent): void {
    const at = this.#active === undefined ? -1 : this.#shown.indexOf(this.#active);
    const last = this.#shown.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(at + PAGE, last),
      PageUp: Math.max(at - PAGE, 0),
    };
    const target = targets[event.key];
    if (target !== undefined) this.#activate(this.#shown[target]);
    else if (event.key === 'Enter') this.#select(this.#active);
    else return;
    event.preventDefault();
  }

  #activate(country: Country | undefined): void {
    for (const option of this.#options.values()) option.removeAttribute('data-active');
    this.#active = country;
    const option = country && this.#options.get(country);
    option?.toggleAttribute('data-active', true);
    option?.scrollIntoView({ block: 'nearest' });
    if (option === undefined) this.#search.removeAttribute('aria-activedescendant');
    else this.#search.setAttribute('aria-activedescendant', option.id);
  }

  #select(country: Country | undefined): void {
    if (country === undefined) return;
    this.#dialog.close();
    this.options.select(country.country);
  }

  #place(anchor: HTMLElement): void {
    const box = (anchor.parentElement ?? anchor).getBoundingClientRect();
    const below = innerHeight - box.bottom;
    const isBelow = below >= box.top;
    const { style } = this.#dialog;
    style.setProperty('--left', `${box.left}px`);
    style.setProperty('--width', `${box.width}px`);
    style.setProperty('--top', isBelow ? `${box.bottom + DISTANCE}px` : 'auto');
    style.setProperty('--bottom', isBelow ? 'auto' : `${innerHeight - box.top + DISTANCE}px`);
    style.setProperty('--space', `${Math.max(below, box.top) - 2 * DISTANCE}px`);
  }
}
