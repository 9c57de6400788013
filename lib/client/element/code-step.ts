import type { PhoneVerifySession } from '../phone-verify.client.js';
import { groupDigits } from './countries.js';
import { toAsciiDigits } from './digits.js';
import { isolate, make } from './dom.js';
import { setDisabled, setText, Step } from './step.js';
import { clockTime, type PhoneVerifyTexts } from './texts.js';

/** What the person can do once a code was sent. */
export interface CodeStepActions {
  readonly submit: (step: CodeStep) => void;
  readonly resend: (step: CodeStep) => void;
  readonly changeNumber: () => void;
  /** The current session. */
  readonly session: () => PhoneVerifySession | undefined;
  /** Called when the session has expired. */
  readonly expire: (step: CodeStep) => void;
}

/** Longer codes have a smaller font. */
const LONG_CODE = 8;

/** Asks for the code. */
export class CodeStep extends Step {
  readonly phoneNumber: string;
  readonly codeLength: number;
  readonly #input: HTMLInputElement;
  readonly #resend: HTMLButtonElement;
  readonly #status: HTMLElement;
  readonly #actions: CodeStepActions;
  #hasEnded = false;
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
    const number = groupDigits(phoneNumber);
    const content = {
      heading: texts.codeHeading,
      hint: isolate(texts.codeHint(number), number),
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
    input.addEventListener('beforeinput', (event) => this.#type(event));
    input.addEventListener('input', () => {
      if (/\s/.test(input.value)) input.value = plain(input.value);
    });
    change.addEventListener('click', () => actions.changeNumber());
    resend.addEventListener('click', () => {
      if (this.#canResend) actions.resend(this);
    });
    this.show();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The typed code without spaces, and with digits of any script converted to ASCII. */
  get code(): string {
    return plain(this.#input.value);
  }

  set code(code: string) {
    this.#input.value = code;
  }

  /** Shows that the message was sent again. */
  announceResend(): void {
    this.#status.textContent = this.texts.resent;
  }

  /** @param text - `undefined` for a resend, which shows its state on its own button. */
  override begin(text?: string): void {
    this.#status.textContent = '';
    this.#isResending = text === undefined;
    super.begin(text);
  }

  /** The resend button has its own countdown, during which the code can still be checked. */
  override wait(seconds: number): void {
    if (!this.#isResending) super.wait(seconds);
  }

  override end(): void {
    this.#isResending = false;
    super.end();
  }

  /** Ends the step: no code can verify this session any more, only a new one can be requested. */
  close(reason: string): void {
    this.#hasEnded = true;
    this.root.toggleAttribute('data-ended', true);
    this.showError(reason);
    this.setSubmitText(this.texts.requestNewCode);
  }

  override show(): void {
    super.show();
    const session = this.#actions.session();
    if (session === undefined && !this.#hasEnded && !this.isBusy) this.#actions.expire(this);
    const { sending, resend, resendIn } = this.texts;
    const seconds = session?.resendIn ?? 0;
    const text = seconds > 0 ? resendIn(clockTime(seconds)) : resend;
    setText(this.#resend, this.#isResending ? sending : text);
    setDisabled(this.#resend, !this.#canResend);
  }

  get #canResend(): boolean {
    return this.isReady && !this.#hasEnded && this.#actions.session()?.resendIn === 0;
  }

  /** `maxlength` would cut off the end of a pasted code that contains spaces. */
  #paste(event: ClipboardEvent): void {
    const pasted = plain(event.clipboardData?.getData('text') ?? '');
    if (pasted.length !== this.codeLength) return;
    event.preventDefault();
    this.#input.value = pasted;
  }

  /** `maxlength` counts a digit of some scripts as two, so that the last one would not fit. */
  #type(event: InputEvent): void {
    const digits = toAsciiDigits(event.data ?? '');
    if (event.inputType !== 'insertText' || digits === event.data) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#input;
    const [start, end] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    if (value.length - (end - start) + digits.length > this.codeLength) return;
    this.#input.setRangeText(digits, start, end, 'end');
  }
}

function plain(code: string): string {
  return toAsciiDigits(code.replace(/\s/g, ''));
}
