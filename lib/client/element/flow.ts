import { PhoneVerifyClientError } from '../client-error.js';
import type { PhoneVerifyClient, PhoneVerifySession } from '../phone-verify.client.js';
import { CodeStep } from './code-step.js';
import type { Country } from './countries.js';
import { DoneStep } from './done-step.js';
import { type NumberDraft, NumberStep } from './number-step.js';
import { receiveCode } from './one-time-code.js';
import type { PhoneVerifyEventMap } from './phone-verify.events.js';
import { describeError, type PhoneVerifyTexts } from './texts.js';

/** What the steps need from the element. */
export interface FlowHost {
  readonly client: () => PhoneVerifyClient;
  readonly texts: () => PhoneVerifyTexts;
  readonly countries: () => readonly Country[];
  /** The country that is selected first. */
  readonly country: () => string;
  readonly hasFocus: () => boolean;
  readonly emit: <Type extends keyof PhoneVerifyEventMap>(
    type: Type,
    detail: PhoneVerifyEventMap[Type]['detail'],
  ) => void;
}

/** How a step is shown. */
interface Placement {
  /** Whether it gets the focus. */
  readonly isFocused: boolean;
}

/** Failures after which only a new code can help. */
const ENDING: ReadonlySet<string> = new Set([
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
  'session_missing',
]);

/** Failures that concern what was typed. */
const ABOUT_INPUT: ReadonlySet<string> = new Set([
  'request_invalid',
  'phone_number_invalid',
  'phone_number_not_allowed',
  'security_code_invalid',
]);

/** Runs the steps: number, code, done. */
export class Flow {
  #step: NumberStep | CodeStep | DoneStep | undefined;
  #draft: NumberDraft | undefined;
  #listening: AbortController | undefined;

  constructor(
    private readonly card: HTMLElement,
    private readonly host: FlowHost,
  ) {}

  /** Shows the current step: that of the open session, if there is one. */
  begin(): void {
    const { session } = this.host.client();
    const isFocused = this.host.hasFocus();
    if (session?.isSent) this.#askCode(session, { isFocused });
    else this.#askNumber({ isFocused, phoneNumber: session?.phoneNumber });
  }

  /** Renders the current step again, with changed texts or countries. Pending calls continue. */
  refresh(): void {
    const step = this.#step;
    if (step === undefined) return;
    if (step instanceof DoneStep) {
      this.#place(new DoneStep(this.host.texts(), step.phoneNumber), { isFocused: this.host.hasFocus() });
      return;
    }
    if (step.isBusy || (step instanceof CodeStep && step.hasEnded)) return;
    if (step instanceof NumberStep && step.draft.text !== '') this.#draft = step.draft;
    this.begin();
    if (step instanceof CodeStep && this.#step instanceof CodeStep) this.#step.code = step.code;
  }

  focus(): void {
    this.#step?.focus();
  }

  /** Removes the session and starts over. */
  reset(): void {
    this.host.client().forget();
    this.#draft = undefined;
    this.#askNumber({ isFocused: this.host.hasFocus() });
  }

  /** Continues after {@link stop}. */
  resume(): void {
    if (this.#step === undefined) this.begin();
    else if (this.#step instanceof CodeStep) void this.#listen(this.#step);
  }

  stop(): void {
    this.#listening?.abort();
  }

  /** Updates the countdowns. */
  tick(): void {
    if (this.#step !== undefined && !(this.#step instanceof DoneStep)) this.#step.show();
  }

  #place(step: NumberStep | CodeStep | DoneStep, { isFocused }: Placement): void {
    this.#listening?.abort();
    this.#step = step;
    this.card.replaceChildren(step.root);
    if (isFocused) step.focus();
  }

  #askNumber({ isFocused, phoneNumber = '' }: Placement & { readonly phoneNumber?: string | undefined }): void {
    const { texts, countries, country } = this.host;
    const draft = this.#draft ?? { country: country(), text: phoneNumber };
    this.#place(new NumberStep(texts(), countries(), draft, (step) => void this.#send(step)), { isFocused });
  }

  #askCode(session: PhoneVerifySession, placement: Placement): void {
    const { texts, client } = this.host;
    const step: CodeStep = new CodeStep(texts(), session, {
      submit: () => void (step.hasEnded ? this.#register(step, step.phoneNumber) : this.#verify(step)),
      resend: () => void this.#resend(step),
      changeNumber: () => this.#askNumber({ isFocused: true, phoneNumber: step.phoneNumber }),
      session: () => client().session,
      expire: () => step.close(this.#describe(new PhoneVerifyClientError('security_code_expired', ''))),
    });
    this.#place(step, placement);
    void this.#listen(step);
  }

  async #send(step: NumberStep): Promise<void> {
    const { texts } = this.host;
    this.#draft = step.draft;
    if (step.phoneNumber === '') {
      step.showInputError(texts().numberMissing);
      step.focus();
    } else if (!step.isOfferedCountry) {
      this.#fail(
        step,
        new PhoneVerifyClientError('phone_number_not_allowed', 'The country of this number is not offered.'),
      );
    } else await this.#register(step, step.phoneNumber);
  }

  async #register(step: NumberStep | CodeStep, phoneNumber: string): Promise<void> {
    const { client, texts, emit } = this.host;
    await this.#run(
      step,
      texts().sending,
      () => client().register(phoneNumber),
      (session) => {
        this.#askCode(session, { isFocused: true });
        emit('phone-verify-sent', { phoneNumber: session.phoneNumber });
      },
    );
  }

  async #resend(step: CodeStep): Promise<void> {
    const { client, emit } = this.host;
    await this.#run(
      step,
      undefined,
      () => client().resend(),
      ({ phoneNumber }) => {
        step.end();
        step.announceResend();
        void this.#listen(step);
        emit('phone-verify-sent', { phoneNumber });
      },
    );
  }

  async #verify(step: CodeStep): Promise<void> {
    const { client, texts, emit } = this.host;
    const { code, codeLength } = step;
    if (code.length < codeLength) {
      step.showInputError(texts().codeIncomplete);
      step.focus();
      return;
    }
    await this.#run(
      step,
      texts().verifying,
      () => client().verify(code),
      (verified) => {
        this.#place(new DoneStep(texts(), verified.phoneNumber), { isFocused: true });
        emit('phone-verify-verified', verified);
      },
    );
  }

  /** Runs a step's call. Its outcome is ignored if the step is gone by then. */
  async #run<Result>(
    step: NumberStep | CodeStep,
    busyText: string | undefined,
    call: () => Promise<Result>,
    succeed: (result: Result) => void,
  ): Promise<void> {
    step.begin(busyText);
    try {
      const result = await call();
      if (step === this.#step) succeed(result);
    } catch (thrown) {
      if (step === this.#step) this.#fail(step, asClientError(thrown));
    }
  }

  #fail(step: NumberStep | CodeStep, error: PhoneVerifyClientError): void {
    const { texts, emit } = this.host;
    if (step instanceof CodeStep && (ENDING.has(error.code) || error.attemptsLeft === 0)) {
      this.#close(step, error);
    } else {
      const isAboutInput = ABOUT_INPUT.has(error.code);
      if (isAboutInput) step.showInputError(this.#describe(error));
      else step.showError(this.#describe(error));
      if (step instanceof NumberStep) step.setSubmitText(isAboutInput ? texts().send : texts().tryAgain);
      if (error.retryAfter) step.wait(error.retryAfter);
      step.end();
      if (isAboutInput) step.focus();
    }
    emit('phone-verify-error', error);
  }

  #close(step: CodeStep, error: PhoneVerifyClientError): void {
    const isLocked = error.attemptsLeft === 0;
    step.close(this.#describe(isLocked ? new PhoneVerifyClientError('security_code_too_many_attempts', '') : error));
    step.end();
    step.focusButton();
  }

  #describe(error: PhoneVerifyClientError): string {
    return describeError(this.host.texts(), error);
  }

  async #listen(step: CodeStep): Promise<void> {
    this.#listening?.abort();
    const listening = new AbortController();
    this.#listening = listening;
    const code = await receiveCode(listening.signal);
    if (code === undefined || step !== this.#step || step.hasEnded) return;
    step.code = code;
    if (step.isReady) await this.#verify(step);
  }
}

function asClientError(thrown: unknown): PhoneVerifyClientError {
  if (thrown instanceof PhoneVerifyClientError) return thrown;
  return new PhoneVerifyClientError('network_failed', 'The client failed.', { cause: thrown });
}
