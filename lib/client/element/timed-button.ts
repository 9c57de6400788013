import { make, setDisabled, setText } from './dom.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** A button's attributes and text. */
export interface TimedButtonContent {
  readonly type: 'button' | 'submit';
  readonly part: string;
  readonly text: string;
}

/**
 * A button that may have to wait. Its name never changes: the countdown is for the eyes, and screen readers read the time
 * as its description.
 */
export class TimedButton {
  readonly root: HTMLButtonElement;
  readonly #timer = make('span', { class: 'timer', 'aria-hidden': 'true' });
  readonly #description: HTMLElement;
  #seconds = 0;

  constructor(
    { type, part, text }: TimedButtonContent,
    private readonly texts: PhoneVerifyTexts,
  ) {
    const id = `${part}-wait`;
    this.#description = make('span', { id, hidden: '' });
    const content = [make('span', {}, text), this.#timer, this.#description];
    this.root = make('button', { type, part, 'aria-describedby': id }, ...content);
    // Not each second: some screen readers read every change.
    this.root.addEventListener('focus', () => this.#describe());
  }

  show(seconds: number, isReady: boolean): void {
    const isOther = seconds > this.#seconds || seconds === 0;
    this.#seconds = seconds;
    setText(this.#timer, seconds > 0 ? clockTime(seconds) : '');
    if (isOther) this.#describe();
    setDisabled(this.root, !isReady);
  }

  #describe(): void {
    setText(this.#description, this.#seconds > 0 ? this.texts.readyIn(this.#seconds) : '');
  }
}
