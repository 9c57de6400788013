import { CALLING_CODES, countryOfNumber } from './countries.js';
import { type CountryChoice, CountryPicker } from './country-picker.js';
import { make } from './dom.js';
import { loadNumberFormat, type NumberFormat, type ReadNumber } from './number-format.js';
import { plainNumber } from './number-text.js';
import { soon } from './patience.js';
import { makeHeading, Step } from './step.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What the person selected and typed. */
export interface NumberDraft {
  readonly country: string;
  readonly text: string;
}

/** Asks for the number. */
export class NumberStep extends Step {
  readonly #choice: CountryChoice;
  readonly #picker: CountryPicker;
  readonly #input: HTMLInputElement;
  #format: NumberFormat | undefined;
  /** The number that was sent last. */
  #sent = '';
  /** Whether something was selected, typed or filled in. */
  isChanged: boolean;

  constructor(
    texts: PhoneVerifyTexts,
    choice: CountryChoice,
    draft: NumberDraft,
    onSubmit: (step: NumberStep) => void,
  ) {
    const input = make('input', {
      id: 'number',
      part: 'input number',
      type: 'tel',
      name: 'phone_number',
      autocomplete: 'tel',
      enterkeyhint: 'send',
      maxlength: '40',
      required: '',
      dir: 'ltr',
      'aria-describedby': 'hint error',
    });
    const picker = new CountryPicker(texts, choice, draft.country, () => this.#choose());
    const field = make(
      'div',
      { class: 'field' },
      make('label', { for: 'number', part: 'label' }, texts.number),
      make('div', { class: 'box', part: 'box', dir: 'ltr' }, picker.root, input),
    );
    const content = {
      heading: make('slot', { name: 'heading' }, makeHeading(texts.numberHeading)),
      hint: [texts.numberHint],
      fields: [field, make('slot', { name: 'consent' }), make('slot', { name: 'captcha' })],
      input,
      submit: texts.send,
    };
    super(texts, content, () => onSubmit(this));
    this.#choice = choice;
    this.#picker = picker;
    this.#input = input;
    input.value = draft.text;
    this.isChanged = draft.text !== '';
    this.#listen();
    this.#follow();
  }

  get draft(): NumberDraft {
    return { country: this.#picker.country, text: this.#input.value };
  }

  /** Whether something was typed. */
  get isFilled(): boolean {
    return this.#typed !== '';
  }

  /** Whether the number belongs to an offered country. Without a list of countries, only the server decides. */
  get isOfferedCountry(): boolean {
    if (this.#choice.offered.length === CALLING_CODES.size || !this.#typed.startsWith('+')) return true;
    return this.#countryTyped !== undefined;
  }

  override begin(text: string): void {
    if (!this.isBusy) this.#sent = this.#number;
    super.begin(text);
  }

  /** The number that was sent has to wait, not another one that was typed since. */
  override wait(seconds: number): void {
    super.wait(seconds);
    this.#dropWait();
  }

  override continue(other: NumberStep): void {
    this.#sent = other.#sent;
    this.isChanged = other.isChanged;
    super.continue(other);
  }

  /** The number, with what the numbering plans say about it if they could be loaded. */
  async read(): Promise<ReadNumber> {
    const typed = this.#typed;
    const number = this.#number;
    const format = await soon(loadNumberFormat());
    return format?.read(typed, this.#picker.country) ?? { number, isPossible: format === undefined };
  }

  /** What was typed, with the calling code of the selected country unless it has one. */
  get #number(): string {
    const typed = this.#typed;
    return typed.startsWith('+') ? typed : `+${this.#picker.callingCode}${typed}`;
  }

  get #typed(): string {
    return plainNumber(this.#input.value);
  }

  get #countryTyped(): string | undefined {
    const likely = this.#format?.countryOf(this.#typed) ?? this.#picker.country;
    return countryOfNumber(this.#typed, this.#choice.offered, likely);
  }

  #listen(): void {
    this.#input.addEventListener('input', (event) => {
      this.isChanged = true;
      this.clearError();
      this.#follow();
      const isAtEnd = this.#input.selectionStart === this.#input.value.length;
      const isDeletion = event instanceof InputEvent && event.inputType.startsWith('delete');
      if (isAtEnd && !isDeletion) this.#punctuate();
    });
    this.#input.addEventListener('change', () => this.#punctuate());
    this.root.addEventListener('focusin', () => void this.#load(), { once: true });
  }

  async #load(): Promise<void> {
    this.#format = await loadNumberFormat();
    this.#follow();
    // Within a number, somebody edits it.
    const caret = this.#input.selectionStart;
    if (caret === 0 || caret === this.#input.value.length) this.#punctuate();
  }

  #choose(): void {
    this.isChanged = true;
    // The number that was typed with another country's calling code is not one of this country.
    if (this.#typed.startsWith('+') && this.#countryTyped !== this.#picker.country) this.#input.value = '';
    this.#picker.show(this.#typed.startsWith('+'));
    this.#punctuate();
    this.#dropWait();
    this.#input.focus();
  }

  #punctuate(): void {
    const text = this.#format?.punctuate(plainNumber(this.#input.value), this.#picker.country);
    if (text !== undefined && text !== this.#input.value) this.#input.value = text;
  }

  /** Selects the country of a number that is typed with `+`. */
  #follow(): void {
    const typed = this.#countryTyped;
    if (typed !== undefined) this.#picker.country = typed;
    this.#picker.show(this.#typed.startsWith('+'));
    this.#dropWait();
  }

  #dropWait(): void {
    if (this.secondsToWait > 0 && this.#number !== this.#sent) super.wait(0);
  }
}
