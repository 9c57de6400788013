import { make } from './dom.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** The contents of a step's form. */
export interface StepContent {
  readonly heading: string;
  readonly hint: readonly (Node | string)[];
  /** The fields, in their order. */
  readonly fields: readonly HTMLElement[];
  /** The input that errors refer to and that is focused first. */
  readonly input: HTMLInputElement;
  readonly submit: string;
  readonly footer?: readonly HTMLElement[];
}

/** A form with a submit button that can be busy or wait, and an error text. */
export class Step {
  readonly root: HTMLFormElement;
  readonly #input: HTMLInputElement;
  readonly #error = make('p', { id: 'error', part: 'error', role: 'alert' });
  readonly #label = make('span');
  readonly #button = make('button', { type: 'submit', part: 'button' }, this.#label);
  #text: string;
  /** Text of the button while a call is pending. */
  #busyText: string | undefined;
  #isBusy = false;
  /** When the button can be used again; `undefined` if there is no wait. */
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

  /** Whether no call is pending and the button has no countdown. */
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

  /** Shows that a call is pending, with a text on the button if one is given. */
  begin(text?: string): void {
    this.#isBusy = true;
    this.#busyText = text;
    this.clearError();
    this.show();
  }

  end(): void {
    this.#isBusy = false;
    this.#busyText = undefined;
    this.show();
  }

  /** Shows an error that is not about the input. */
  showError(text: string): void {
    this.#error.textContent = text;
    this.#input.removeAttribute('aria-invalid');
  }

  /** Shows an error about what was typed. */
  showInputError(text: string): void {
    this.#error.textContent = text;
    this.#input.setAttribute('aria-invalid', 'true');
  }

  clearError(): void {
    this.showError('');
  }

  /** Sets the text of the button for when it can be used. */
  setSubmitText(text: string): void {
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

  /** Updates the countdown. */
  show(): void {
    this.#render();
  }

  #render(): void {
    const seconds = this.#secondsToWait;
    if (seconds === 0 && this.#waitUntil !== undefined) {
      this.#waitUntil = undefined;
      // The error was about the wait, which has ended.
      this.clearError();
    }
    setText(this.#label, this.#busyText ?? (seconds > 0 ? this.texts.tryAgainIn(clockTime(seconds)) : this.#text));
    setDisabled(this.#button, !this.isReady);
    this.#button.toggleAttribute('data-busy', this.#busyText !== undefined);
  }

  get #secondsToWait(): number {
    return Math.max(0, Math.ceil(((this.#waitUntil ?? 0) - Date.now()) / 1000));
  }
}

/** Changes a text only if it differs, so that screen readers do not announce it again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Disables a button so that it keeps its focus and screen readers still announce it. */
export function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.setAttribute('aria-disabled', String(isDisabled));
}
