import type { PhoneVerifySession } from '../phone-verify.client.js';
import { spaced } from './countries.js';
import { isolate, make } from './dom.js';
import { setDisabled, setText, Step } from './step.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** What the person can do with a code that was sent. */
export interface CodeStepActions {
  readonly submit: (step: CodeStep) => void;
  readonly resend: (step: CodeStep) => void;
  readonly changeNumber: () => void;
  /** The session as it is now. */
  readonly session: () => PhoneVerifySession | undefined;
  /** The session's time is over. */
  readonly expire: (step: CodeStep) => void;
}

/** Codes above this length are written smaller. */
const LONG_CODE = 8;

/** Asks for the code. */
export class CodeStep extends Step {
  readonly phoneNumber: string;
  readonly codeLength: number;
  readonly #input: HTMLInputElement;
  readonly #resend: HTMLButtonElement;
  readonly #status: HTMLElement;
  readonly #actions: CodeStepActions;
  #isOver = false;
  #isResending = false;

  constructor(texts: PhoneVerifyTexts, { phoneNumber, codeLength }: PhoneVerifySession, actions: CodeStepActions) {
    const input = make('input', {
      id: 'code',
      part: 'input code',
      name: 'security_code',
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      autocapitalize: 'off',
      spellcheck: 'false',
      maxlength: String(codeLength),
      required: '',
      dir: 'ltr',
      'aria-describedby': 'hint error',
    });
    const resend = make('button', { type: 'button', part: 'resend' });
    const change = make('button', { type: 'button', part: 'change-number' }, texts.changeNumber);
    const status = make('p', { part: 'status', role: 'status' });
    const number = spaced(phoneNumber);
    const content = {
      heading: texts.codeHeading,
      hint: isolate(texts.codeHint(number, codeLength), number),
      fields: [make('div', { class: 'field' }, make('label', { for: 'code', part: 'label' }, texts.code), input)],
      input,
      submit: texts.verify,
      footer: [status, make('div', { class: 'links' }, resend, change)],
    };
    super(texts, content, () => actions.submit(this));
    this.phoneNumber = phoneNumber;
    this.codeLength = codeLength;
    this.#input = input;
    this.#resend = resend;
    this.#status = status;
    this.#actions = actions;
    input.classList.toggle('long', codeLength > LONG_CODE);
    input.addEventListener('paste', (event) => this.#paste(event));
    input.addEventListener('input', () => {
      if (/\s/.test(input.value)) input.value = plain(input.value);
    });
    change.addEventListener('click', () => actions.changeNumber());
    resend.addEventListener('click', () => {
      if (this.#canResend) actions.resend(this);
    });
    this.show();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** As typed, without the spaces that make it easier to read, and with the digits of any keyboard as plain ones. */
  get code(): string {
    return plain(this.#input.value);
  }

  set code(code: string) {
    this.#input.value = code;
  }

  /** Tells that the message is on its way once more. */
  announceResend(): void {
    this.#status.textContent = this.texts.resent;
  }

  /** @param text - None for a resend, which its own button shows. */
  override begin(text?: string): void {
    this.#status.textContent = '';
    this.#isResending = text === undefined;
    super.begin(text);
  }

  /** The button of a resend counts down by itself, and the code can still be checked. */
  override wait(seconds: number): void {
    if (!this.#isResending) super.wait(seconds);
  }

  override end(): void {
    this.#isResending = false;
    super.end();
  }

  /** No code opens this session any more: all that is left is to ask for another. */
  close(reason: string): void {
    this.#isOver = true;
    this.root.toggleAttribute('data-over', true);
    this.complain(reason);
    this.offer(this.texts.requestNewCode);
  }

  override show(): void {
    super.show();
    const session = this.#actions.session();
    if (session === undefined && !this.#isOver && !this.isBusy) this.#actions.expire(this);
    const { sending, resend, resendIn } = this.texts;
    const seconds = session?.resendIn ?? 0;
    const text = seconds > 0 ? resendIn(clockTime(seconds)) : resend;
    setText(this.#resend, this.#isResending ? sending : text);
    setDisabled(this.#resend, !this.#canResend);
  }

  get #canResend(): boolean {
    return this.isReady && !this.#isOver && this.#actions.session()?.resendIn === 0;
  }

  /** A code with spaces in it would lose its end to `maxlength`. */
  #paste(event: ClipboardEvent): void {
    const pasted = plain(event.clipboardData?.getData('text') ?? '');
    if (pasted.length !== this.codeLength) return;
    event.preventDefault();
    this.#input.value = pasted;
  }
}

function plain(code: string): string {
  // Arabic, Persian and full-width digits.
  return code.replace(/\s/g, '').replace(/[٠-٩۰-۹０-９]/g, (digit) => String(digit.charCodeAt(0) % 16));
}
