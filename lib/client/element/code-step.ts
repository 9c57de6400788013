import type { PhoneVerifySession } from '../phone-verify.session.js';
import { CodeInput } from './code-input.js';
import { isolate, make, setText } from './dom.js';
import { NoMessage } from './no-message.js';
import { makeHeading, Step } from './step.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What the person can do once a code was sent. */
export interface CodeStepActions {
  readonly submit: (step: CodeStep) => void;
  readonly resend: (step: CodeStep) => void;
  readonly changeNumber: () => void;
  /** Whether a complete code is submitted by itself. */
  readonly isAutomatic: () => boolean;
  /** The current session. */
  readonly session: () => PhoneVerifySession | undefined;
  /** Called when the session has expired. */
  readonly expire: (step: CodeStep) => void;
  /** Called when another page of the tab has ended or replaced the session. */
  readonly restart: () => void;
}

/** When to warn that the code expires, in seconds. */
const WARNING = 60;

/** Asks for the code. */
export class CodeStep extends Step {
  readonly phoneNumber: string;
  readonly #field: CodeInput;
  readonly #noMessage: NoMessage;
  readonly #validity: HTMLElement;
  readonly #actions: CodeStepActions;
  /** The code that was submitted last. It is not submitted again by itself. */
  #submitted = '';
  #isResending = false;
  /** As last shown, in seconds. */
  #resendIn = 0;
  #expiresIn = 0;
  /** When the session ends by itself, on the scale of `performance.now()`. */
  #expiresAt = 0;

  constructor(texts: PhoneVerifyTexts, session: PhoneVerifySession, actions: CodeStepActions) {
    const { phoneNumber, codeLength, codeFormat } = session;
    const validity = make('span');
    const field = new CodeInput(codeLength, codeFormat, () => this.#follow());
    const noMessage = new NoMessage(texts, phoneNumber, {
      resend: () => this.#canResend && actions.resend(this),
      changeNumber: () => !this.isBusy && actions.changeNumber(),
    });
    const label = make('label', { for: 'code', part: 'label', class: 'unseen' }, texts.code);
    const content = {
      heading: makeHeading(texts.codeHeading),
      hint: [...isolate(texts.codeHint(phoneNumber), phoneNumber), ' ', validity],
      fields: [make('div', { class: 'field' }, label, field.root)],
      input: field.input,
      submit: texts.verify,
      footer: [noMessage.root],
    };
    super(texts, content, () => this.#submit());
    this.phoneNumber = phoneNumber;
    this.#field = field;
    this.#noMessage = noMessage;
    this.#validity = validity;
    this.#actions = actions;
    this.#render(session);
  }

  get code(): string {
    return this.#field.code;
  }

  /** Fills in the code from a message, and submits it unless the page forbids that. */
  set code(code: string) {
    this.#field.code = code;
  }

  get isComplete(): boolean {
    return this.#field.isComplete;
  }

  /** Seconds until another message can be sent. */
  get resendIn(): number {
    return this.#resendIn;
  }

  /** Continues what was typed into a step that this one replaces. */
  override continue(other: CodeStep): void {
    this.#submitted = other.#submitted;
    this.#noMessage.isOpen = other.#noMessage.isOpen;
    this.#field.continue(other.#field);
    super.continue(other);
  }

  /** Shows that a resend is pending, on its own button. */
  beginResend(text: string): void {
    this.#isResending = true;
    this.begin(text, this.#noMessage.resend);
  }

  /** The resend button has its own countdown, during which the code can still be checked. */
  override wait(seconds: number): void {
    if (!this.#isResending) super.wait(seconds);
  }

  override end(): void {
    this.#isResending = false;
    super.end();
    this.#submitComplete();
  }

  /** Empties the field after a wrong code, unless the person has changed it since. */
  clear(): void {
    if (this.code === this.#submitted) this.code = '';
  }

  override show(): void {
    super.show();
    const session = this.#actions.session();
    if (session?.phoneNumber === this.phoneNumber) this.#render(session);
    else if (this.isBusy) return;
    else if (session === undefined && performance.now() >= this.#expiresAt) this.#actions.expire(this);
    else this.#actions.restart();
  }

  #render({ expiresIn, resendIn, isTimeExact }: PhoneVerifySession): void {
    const validity = isTimeExact ? this.texts.codeExpiresIn(Math.max(1, Math.ceil(expiresIn / 60))) : '';
    setText(this.#validity, validity);
    // The seconds are rounded up.
    this.#expiresAt = performance.now() + (expiresIn - 1) * 1000;
    const wasLate = this.#expiresIn > WARNING;
    const hadToWait = this.#resendIn > 0;
    this.#expiresIn = expiresIn;
    this.#resendIn = resendIn;
    this.#noMessage.show(resendIn, { isBusy: this.isBusy, canResend: this.#canResend });
    if (wasLate && expiresIn <= WARNING) this.announce(this.texts.codeExpiresIn(1));
    else if (hadToWait && this.#canResend && this.#noMessage.isOpen) this.announce(this.texts.resendReady);
  }

  get #canResend(): boolean {
    return this.isReady && this.#resendIn === 0;
  }

  #follow(): void {
    if (this.code === '') return;
    this.clearError();
    this.#submitComplete();
  }

  #submitComplete(): void {
    const isNew = this.isComplete && this.code !== this.#submitted;
    if (isNew && this.isReady && this.#actions.isAutomatic()) this.#submit();
  }

  #submit(): void {
    this.#submitted = this.code;
    this.#actions.submit(this);
  }
}
