import { make } from './dom.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** What stands in a step's form. */
export interface StepContent {
  readonly heading: string;
  readonly hint: readonly (Node | string)[];
  /** What is filled in, the first input last focused. */
  readonly fields: readonly HTMLElement[];
  /** The input that an error is about, and that has the focus first. */
  readonly input: HTMLInputElement;
  readonly submit: string;
  readonly footer?: readonly HTMLElement[];
}

/** A form with one button, which is busy, waits or says what is wrong. */
export class Step {
  readonly root: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #error = make('p', { id: 'error', part: 'error', role: 'alert' });
  readonly #label = make('span');
  readonly #button = make('button', { type: 'submit', part: 'button' }, this.#label);
  #text: string;
  /** What the button says while something is under way. */
  #busyText: string | undefined;
  #isBusy = false;
  /** When the button may be used again; `undefined` when nothing has to be waited for. */
  #waitUntil: number | undefined;

  constructor(
    protected readonly texts: PhoneVerifyTexts,
    { heading, hint, fields, input, submit, footer = [] }: StepContent,
    onSubmit: () => void,
  ) {
    this.#input = input;
    this.#text = submit;
    this.root = make(
      'form',
      { part: 'form', novalidate: '' },
      make('h2', { part: 'heading' }, heading),
      make('p', { id: 'hint', part: 'hint' }, ...hint),
      ...fields,
      this.#error,
      this.#button,
      ...footer,
    );
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.isReady) onSubmit();
    });
    this.#render();
  }

  /** Whether nothing is under way and nothing has to be waited for. */
  get isReady(): boolean {
    return !this.#isBusy && this.#secondsToWait === 0;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Shows that something is under way; on the button when there is a text for it. */
  begin(text?: string): void {
    this.#isBusy = true;
    this.#busyText = text;
    this.complain('');
    this.show();
  }

  end(): void {
    this.#isBusy = false;
    this.#busyText = undefined;
    this.show();
  }

  /** Says what is wrong; nothing with an empty text. */
  complain(text: string, isAboutInput = false): void {
    this.#error.textContent = text;
    if (isAboutInput) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
  }

  /** What the button says when it can be used. */
  offer(text: string): void {
    this.#text = text;
    this.show();
  }

  wait(seconds: number): void {
    this.#waitUntil = Date.now() + seconds * 1000;
    this.show();
  }

  focusButton(): void {
    this.#button.focus();
  }

  /** Brings what counts down up to date. */
  show(): void {
    this.#render();
  }

  #render(): void {
    const seconds = this.#secondsToWait;
    if (seconds === 0 && this.#waitUntil !== undefined) {
      this.#waitUntil = undefined;
      // What it said is over.
      this.complain('');
    }
    setText(this.#label, this.#busyText ?? (seconds > 0 ? this.texts.tryAgainIn(clockTime(seconds)) : this.#text));
    setDisabled(this.#button, !this.isReady);
    this.#button.toggleAttribute('data-busy', this.#busyText !== undefined);
  }

  get #secondsToWait(): number {
    return Math.max(0, Math.ceil(((this.#waitUntil ?? 0) - Date.now()) / 1000));
  }
}

/** Changes a text only when it is another, so that no screen reader is disturbed. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A disabled button that keeps its focus and is read out. */
export function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.setAttribute('aria-disabled', String(isDisabled));
}
