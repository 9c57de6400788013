import { focusedIn, make, setText } from './dom.js';
import type { PhoneVerifyTexts } from './texts.js';
import { TimedButton } from './timed-button.js';

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
  readonly #button: TimedButton;
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
    this.#button = new TimedButton({ type: 'submit', part: 'button', text: submit }, texts);
    this.root = make(
      'form',
      { part: 'form', novalidate: '' },
      make('div', { class: 'top' }, heading, make('p', { id: 'hint', part: 'hint' }, ...hint)),
      ...fields,
      make('div', { class: 'messages' }, this.#error, this.#status),
      this.#button.root,
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
    return this.#input ?? this.#button.root;
  }

  focus(): void {
    this.anchor.focus();
  }

  /** Shows that a call is pending, and announces a text. */
  begin(text: string, button = this.#button): void {
    this.#isBusy = true;
    this.clearError();
    this.announce(text);
    button.root.toggleAttribute('data-busy', true);
    this.show();
  }

  end(): void {
    this.#isBusy = false;
    this.root.querySelector('[data-busy]')?.removeAttribute('data-busy');
    this.announce('');
    this.show();
  }

  /** Continues with the wait, the caret and the error of a step that this one replaces. */
  continue(other: Step): void {
    this.#waitUntil = other.#waitUntil;
    if (other.#input && focusedIn(this.root) === this.#input) {
      this.#input.setSelectionRange(other.#input.selectionStart, other.#input.selectionEnd);
    }
    this.#isAboutNetwork = other.#isAboutNetwork;
    this.#error.textContent = other.#error.textContent;
    this.#status.textContent = other.#status.textContent;
    if (other.#input?.hasAttribute('aria-invalid')) this.#input?.setAttribute('aria-invalid', 'true');
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
    this.#button.show(seconds, this.isReady);
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
