import type { PhoneVerifyCodeFormat } from '../responses.js';
import { readCode } from './code-text.js';
import { make } from './dom.js';

/** Longer codes are shown as one text. */
const MAX_SLOTS = 10;

/** One input, drawn as a slot for each character of the code. Only what can belong to a code enters. */
export class CodeInput {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #slots: readonly HTMLElement[];
  readonly #length: number;
  readonly #format: PhoneVerifyCodeFormat;
  readonly #onChange: () => void;
  /** The value before an event changed it. */
  #accepted = '';

  constructor(length: number, format: PhoneVerifyCodeFormat, onChange: () => void) {
    this.#length = length;
    this.#format = format;
    this.#onChange = onChange;
    this.input = make('input', {
      id: 'code',
      part: 'input code',
      name: 'security_code',
      autocomplete: 'one-time-code',
      inputmode: format === 'numeric' ? 'numeric' : 'text',
      enterkeyhint: 'done',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      required: '',
      dir: 'ltr',
      'aria-describedby': 'hint error',
    });
    const count = length > MAX_SLOTS ? 0 : length;
    this.#slots = Array.from({ length: count }, () => make('span', { part: 'slot' }));
    const slots = make('div', { class: 'slots', 'aria-hidden': 'true' }, ...this.#slots);
    this.root = make('div', { class: count > 0 ? 'code' : 'code long', dir: 'ltr' }, slots, this.input);
    this.root.style.setProperty('--length', String(length));
    this.#listen();
  }

  /** The code as far as it was typed. */
  get code(): string {
    return this.#accepted;
  }

  set code(text: string) {
    const code = readCode(text, this.#length, this.#format);
    if (code !== undefined) this.#accept(code, code.length);
  }

  /** Continues what was typed into an input that this one replaces, without a report of the change. */
  continue(other: CodeInput): void {
    if (other.#length !== this.#length) return;
    this.#accepted = other.#accepted;
    this.input.value = other.#accepted;
    this.#draw();
  }

  get isComplete(): boolean {
    return this.#accepted.length === this.#length;
  }

  #listen(): void {
    const { input } = this;
    input.addEventListener('beforeinput', (event) => this.#insert(event));
    // Deletion, composition, and programs that fill in a code: the browser has changed the value already.
    input.addEventListener('input', () => {
      const code = readCode(input.value, this.#length, this.#format) ?? this.#accepted;
      this.#accept(code, code === input.value ? (input.selectionStart ?? code.length) : code.length);
    });
    for (const type of ['selectionchange', 'select', 'keyup', 'focus', 'blur']) {
      input.addEventListener(type, () => this.#draw());
    }
    input.addEventListener('pointerup', (event) => this.#point(event));
  }

  /** Enters typed or pasted text at the caret, or a whole code in place of everything. */
  #insert(event: InputEvent): void {
    const inserted = event.data ?? event.dataTransfer?.getData('text/plain');
    if (!inserted || !event.cancelable) return;
    event.preventDefault();
    const part = readCode(inserted, this.#length, this.#format);
    if (!part) return;
    if (part.length === this.#length) {
      this.#accept(part, part.length);
      return;
    }
    const { value, selectionStart, selectionEnd } = this.input;
    const start = selectionStart ?? value.length;
    // In a full code, a character replaces the one in its slot.
    const end = Math.max(selectionEnd ?? start, this.isComplete ? start + 1 : start);
    const rest = value.slice(end);
    const code = readCode(value.slice(0, start) + part + rest, this.#length, this.#format);
    if (code !== undefined) this.#accept(code, code.length - rest.length);
  }

  #accept(code: string, caret: number): void {
    const isNew = code !== this.#accepted;
    this.#accepted = code;
    if (this.input.value !== code) this.input.value = code;
    this.input.setSelectionRange(caret, caret);
    this.#draw();
    if (isNew) this.#onChange();
  }

  /** The text of the input is invisible, so its own positions are not where the slots are. */
  #point({ clientX }: PointerEvent): void {
    const { selectionStart, selectionEnd, value } = this.input;
    if (this.#slots.length === 0 || selectionStart !== selectionEnd) return;
    const { left, width } = this.root.getBoundingClientRect();
    const slot = Math.min(Math.floor(((clientX - left) / width) * this.#length), value.length);
    this.input.setSelectionRange(slot, Math.min(slot + 1, value.length));
    this.#draw();
  }

  #draw(): void {
    const { selectionStart, selectionEnd } = this.input;
    const start = selectionStart ?? this.#accepted.length;
    const end = selectionEnd ?? start;
    const caret = Math.min(start, this.#length - 1);
    this.#slots.forEach((slot, index) => {
      const character = this.#accepted[index] ?? '';
      if (slot.textContent !== character) slot.textContent = character;
      slot.toggleAttribute('data-selected', index >= start && index < end);
      slot.toggleAttribute('data-caret', start === end && index === caret);
      // After the last character of a full code.
      slot.toggleAttribute('data-end', start === this.#length);
    });
  }
}
