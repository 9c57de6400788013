import { isolate, make, setDisabled } from './dom.js';
import type { PhoneVerifyTexts } from './texts.js';
import { TimedButton } from './timed-button.js';

/** What a person can do if no message arrives. */
export interface NoMessageActions {
  readonly resend: () => void;
  readonly changeNumber: () => void;
}

/** A button that opens what to do if no message arrives: check the number, or send the message again. */
export class NoMessage {
  readonly root: HTMLElement;
  readonly resend: TimedButton;
  readonly #button: HTMLButtonElement;
  readonly #content: HTMLElement;
  readonly #change: HTMLButtonElement;

  constructor(texts: PhoneVerifyTexts, phoneNumber: string, { resend, changeNumber }: NoMessageActions) {
    this.resend = new TimedButton({ type: 'button', part: 'resend', text: texts.resend }, texts);
    this.#change = make('button', { type: 'button', part: 'change-number' }, texts.changeNumber);
    this.#button = make(
      'button',
      { type: 'button', part: 'no-message', 'aria-controls': 'no-message', 'aria-expanded': 'false' },
      texts.noMessage,
    );
    this.#content = make(
      'div',
      { id: 'no-message', hidden: '' },
      make('p', { part: 'check-number' }, ...isolate(texts.checkNumber(phoneNumber), phoneNumber)),
      make('slot', { name: 'captcha' }),
      make('div', { class: 'links' }, this.#change, this.resend.root),
    );
    this.root = make('div', { class: 'no-message' }, this.#button, this.#content);
    this.resend.root.addEventListener('click', resend);
    this.#change.addEventListener('click', changeNumber);
    this.#button.addEventListener('click', () => {
      this.isOpen = !this.isOpen;
    });
  }

  get isOpen(): boolean {
    return !this.#content.hidden;
  }

  set isOpen(isOpen: boolean) {
    this.#content.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', String(isOpen));
  }

  show(resendIn: number, { isBusy, canResend }: { readonly isBusy: boolean; readonly canResend: boolean }): void {
    this.resend.show(resendIn, canResend);
    setDisabled(this.#change, isBusy);
  }
}
