import { make } from './dom.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** The contents of a step's form. */
export interface StepContent {
  /** The heading, or the slot for the page's own. */
  readonly heading: HTMLElement;
  readonly hint: readonly (Node | string)[];
  /** The fields, in their order. */
  readonly fields?: readonly HTMLElement[];
  /** The input that errors refer to and that is focused first. Without one, the button is focused. */
  readonly input?: HTMLInputElement;
  readonly submit: string;
  readonly footer?: readonly HTMLElement[];
}

/** A form with a submit button that can be busy or wait, a line for errors, and a line for announcements. */
export class Step {
  readonly root: HTMLFormElement;
  readonly #input: HTMLInputElement | undefined;
  readonly #error = make('p', { id: 'error', part: 'error', role: 'alert' });
  readonly #status = make('p', { part: 'status', role: 'status' });
  readonly #timer = timer();
  readonly #button: HTMLButtonElement;
  #isBusy = false;
  #isAboutNetwork = false;
  /** When the button can be used again; `undefined` if there is no wait. */
  #waitUntil: number | undefined;

  constructor(
    protected readonly texts: PhoneVerifyTexts,
    { heading, hint, fields = [], input, submit, footer = [] }: StepContent,
    onSubmit: () => void,
  ) {
    this.#input = input;
    // The name of the button never changes: its timer is hidden from screen readers.
    this.#button = make('button', { type: 'submit', part: 'button' }, make('span', {}, submit), this.#timer);
    this.root = make(
      'form',
      { part: 'form', novalidate: '' },
      make('div', { class: 'top' }, heading, make('p', { id: 'hint', part: 'hint' }, ...hint)),
      ...fields,
      make('div', { class: 'messages' }, this.#error, this.#status),
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
    return !this.#isBusy && this.secondsToWait === 0;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** What the person has to fill in or press next. */
  get anchor(): HTMLElement {
    return this.#input ?? this.#button;
  }

  focus(): void {
    this.anchor.focus();
    this.#input?.select();
  }

  /** Shows that a call is pending, and announces a text. */
  begin(text: string, button: HTMLButtonElement = this.#button): void {
    this.#isBusy = true;
    this.clearError();
    this.announce(text);
    button.toggleAttribute('data-busy', true);
    this.show();
  }

  end(): void {
    this.#isBusy = false;
    this.root.querySelector('[data-busy]')?.removeAttribute('data-busy');
    this.announce('');
    this.show();
  }

  /** Shows an error that is not about the input. */
  showError(text: string, isAboutNetwork = false): void {
    this.#isAboutNetwork = isAboutNetwork;
    this.#error.textContent = text;
    this.#input?.removeAttribute('aria-invalid');
    if (text !== '') this.#error.scrollIntoView({ block: 'nearest' });
  }

  /** Shows an error about what was typed. */
  showInputError(text: string): void {
    this.showError(text);
    this.#input?.setAttribute('aria-invalid', 'true');
  }

  clearError(): void {
    this.showError('');
  }

  clearNetworkError(): void {
    if (this.#isAboutNetwork) this.clearError();
  }

  /** Announces a change that the person did not cause. */
  announce(text: string): void {
    setText(this.#status, text);
  }

  wait(seconds: number): void {
    this.#waitUntil = performance.now() + seconds * 1000;
    this.show();
  }

  /** Updates what depends on the time. */
  show(): void {
    this.#render();
  }

  #render(): void {
    const seconds = this.secondsToWait;
    if (seconds === 0 && this.#waitUntil !== undefined) {
      this.#waitUntil = undefined;
      // The error was about the wait, which has ended.
      this.clearError();
      this.announce(this.texts.waitOver);
    }
    setTimer(this.#timer, seconds);
    setDisabled(this.#button, !this.isReady);
  }

  /** Seconds until the button can be used again. */
  get secondsToWait(): number {
    return Math.max(0, Math.ceil(((this.#waitUntil ?? 0) - performance.now()) / 1000));
  }
}

/** The heading of a step. It can be focused, so that a screen reader continues there. */
export function makeHeading(text: string): HTMLHeadingElement {
  return make('h2', { id: 'heading', part: 'heading', tabindex: '-1' }, text);
}

/** A countdown that only eyes see. */
export function timer(): HTMLElement {
  return make('span', { class: 'timer', 'aria-hidden': 'true' });
}

/** Shows the seconds that are left; nothing at 0. */
export function setTimer(element: HTMLElement, seconds: number): void {
  setText(element, seconds > 0 ? clockTime(seconds) : '');
}

/** Changes a text only if it differs, so that screen readers do not announce it again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Disables a button so that it keeps its focus and screen readers still announce it. */
export function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.setAttribute('aria-disabled', String(isDisabled));
}
