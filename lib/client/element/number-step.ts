import { CALLING_CODES, type Country, countryOfNumber } from './countries.js';
import { toAsciiDigits } from './digits.js';
import { make } from './dom.js';
import { Step } from './step.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What the person selected and typed. */
export interface NumberDraft {
  readonly country: string;
  readonly text: string;
}

/** Asks for the number. */
export class NumberStep extends Step {
  readonly #countries: readonly Country[];
  readonly #select: HTMLSelectElement;
  readonly #input: HTMLInputElement;
  readonly #shown: HTMLElement;

  constructor(
    texts: PhoneVerifyTexts,
    countries: readonly Country[],
    draft: NumberDraft,
    onSubmit: (step: NumberStep) => void,
  ) {
    const options = countries.map(({ country, name, callingCode }) =>
      make('option', { value: country }, `${name} +${callingCode}`),
    );
    const select = make('select', { id: 'country', part: 'country', 'aria-label': texts.country }, ...options);
    const input = make('input', {
      id: 'number',
      part: 'input number',
      type: 'tel',
      name: 'phone_number',
      autocomplete: 'tel',
      maxlength: '32',
      required: '',
      dir: 'ltr',
      'aria-describedby': 'hint error',
    });
    const shown = make('span', { 'aria-hidden': 'true' });
    const field = make(
      'div',
      { class: 'field' },
      make('label', { for: 'number', part: 'label' }, texts.number),
      make('div', { class: 'box', part: 'box', dir: 'ltr' }, make('div', { class: 'choice' }, shown, select), input),
    );
    const content = {
      heading: texts.numberHeading,
      hint: [texts.numberHint],
      fields: [field],
      input,
      submit: texts.send,
    };
    super(texts, content, () => onSubmit(this));
    this.#countries = countries;
    this.#select = select;
    this.#input = input;
    this.#shown = shown;
    select.value = draft.country;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    input.value = draft.text;
    shown.parentElement?.classList.toggle('only', countries.length === 1);
    select.addEventListener('change', () => this.#showChoice());
    input.addEventListener('input', () => this.#follow());
    this.#follow();
  }

  get draft(): NumberDraft {
    return { country: this.#select.value, text: this.#input.value };
  }

  /** The number with `+`; empty if nothing was typed. */
  get phoneNumber(): string {
    const typed = this.#typed;
    return typed === '' || typed.startsWith('+') ? typed : `+${this.#callingCode}${typed}`;
  }

  /** Whether the number belongs to an offered country. Without a list of countries, only the server decides. */
  get isOfferedCountry(): boolean {
    if (this.#countries.length === CALLING_CODES.size || !this.#typed.startsWith('+')) return true;
    return this.#countryTyped !== undefined;
  }

  /** The typed number in ASCII digits, without punctuation and invisible characters; `00` means `+`. */
  get #typed(): string {
    const plain = this.#input.value.normalize('NFKC').replace(/[\s\p{Cf}()./‐-―−ー-]/gu, '');
    return toAsciiDigits(plain).replace(/^00/, '+');
  }

  get #countryTyped(): Country | undefined {
    return countryOfNumber(this.#typed, this.#countries, this.#select.value);
  }

  get #callingCode(): string {
    return this.#countries[this.#select.selectedIndex]?.callingCode ?? '';
  }

  /** Selects the country of a number that is typed with `+`. */
  #follow(): void {
    const typed = this.#countryTyped;
    if (typed !== undefined) this.#select.value = typed.country;
    this.#showChoice();
  }

  #showChoice(): void {
    const isInternational = this.#typed.startsWith('+');
    this.#shown.textContent = this.#select.value + (isInternational ? '' : ` +${this.#callingCode}`);
  }
}
