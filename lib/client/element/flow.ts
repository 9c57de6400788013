import { PhoneVerifyClientError } from '../client-error.js';
import type { PhoneVerifySession } from '../phone-verify.session.js';
import { loadCodeLook } from './code-look.js';
import { CodeStep } from './code-step.js';
import { DoneStep } from './done-step.js';
import { type Ending, EndedStep } from './ended-step.js';
import { asClientError, endingOf, isAboutInput } from './failures.js';
import type { FlowHost } from './flow-host.js';
import { groupNumbers } from './number-format.js';
import { type NumberDraft, NumberStep } from './number-step.js';
import { receiveCode } from './one-time-code.js';
import { describeError } from './texts.js';

type InteractiveStep = NumberStep | CodeStep | EndedStep;

/** How a step is shown. */
interface Placement {
  /** Whether it gets the focus. */
  readonly isFocused: boolean;
}

/** Runs the steps: number, code, done. */
export class Flow {
  #step: InteractiveStep | DoneStep | undefined;
  #draft: NumberDraft | undefined;
  #listening: AbortController | undefined;
  /** Whether the texts or the countries have changed since the step was rendered. */
  #isOutdated = false;

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

  /** Renders the current step again, with changed texts or countries: at once, or soon after its pending call. */
  refresh(): void {
    const step = this.#step;
    if (step === undefined) return;
    if (step instanceof DoneStep) {
      this.#place(new DoneStep(this.host.texts(), step.verified), { isFocused: this.host.hasFocus() });
      return;
    }
    this.#isOutdated = step.isBusy;
    if (step.isBusy) return;
    if (step instanceof EndedStep) {
      this.#end(step, step.ending);
      return;
    }
    if (step instanceof NumberStep && step.draft.text !== '') this.#draft = step.draft;
    this.begin();
    if (step instanceof NumberStep && this.#step instanceof NumberStep) this.#step.continue(step);
    if (step instanceof CodeStep && this.#step instanceof CodeStep) this.#step.continue(step);
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
    if (this.#step === undefined) void this.#start();
    else if (this.#step instanceof CodeStep) void this.#listen(this.#step);
  }

  async #start(): Promise<void> {
    if (this.host.client().session?.isSent) await loadCodeLook(this.card);
    if (this.#step === undefined) this.begin();
  }

  stop(): void {
    this.#listening?.abort();
  }

  /** Updates the countdowns. */
  tick(): void {
    if (this.#isOutdated) this.refresh();
    if (this.#step !== undefined && !(this.#step instanceof DoneStep)) this.#step.show();
  }

  /** Removes an error about the network, which is back. */
  reconnect(): void {
    if (!(this.#step instanceof DoneStep)) this.#step?.clearNetworkError();
  }

  #place(step: InteractiveStep | DoneStep, { isFocused }: Placement): void {
    this.#listening?.abort();
    this.#isOutdated = false;
    this.#step = step;
    this.card.replaceChildren(step.root);
    void groupNumbers(step.root);
    this.#report();
    if (isFocused) step.focus();
  }

  #report(): void {
    const step = this.#step;
    this.host.update({
      isBusy: step !== undefined && !(step instanceof DoneStep) && step.isBusy,
      ending: step instanceof EndedStep ? step.ending : undefined,
      verified: step instanceof DoneStep ? step.verified : undefined,
      anchor: step?.anchor,
    });
  }

  #askNumber({ isFocused, phoneNumber = '' }: Placement & { readonly phoneNumber?: string | undefined }): void {
    const { texts, countries, country } = this.host;
    const draft = this.#draft ?? { country: country(), text: phoneNumber };
    this.#place(new NumberStep(texts(), countries(), draft, (step) => void this.#send(step)), { isFocused });
  }

  #askCode(session: PhoneVerifySession, placement: Placement): void {
    const { texts, client, isAutomatic } = this.host;
    const step: CodeStep = new CodeStep(texts(), session, {
      submit: () => void this.#verify(step),
      resend: () => void this.#resend(step),
      changeNumber: () => this.#askNumber({ isFocused: true, phoneNumber: step.phoneNumber }),
      isAutomatic,
      session: () => client().session,
      expire: () => this.#end(step, 'expired'),
      restart: () => this.begin(),
    });
    this.#place(step, placement);
    void this.#listen(step);
  }

  /** Shows that only a new code can help. The button counts down until one can be requested. */
  #end(step: CodeStep | EndedStep, ending: Ending): void {
    const { phoneNumber } = step;
    const seconds = step instanceof CodeStep ? step.resendIn : step.secondsToWait;
    const ended = new EndedStep(this.host.texts(), ending, phoneNumber, {
      requestNewCode: (each) => void this.#register(each, phoneNumber),
      changeNumber: () => this.#askNumber({ isFocused: true, phoneNumber }),
    });
    if (seconds > 0) ended.wait(seconds);
    this.#place(ended, { isFocused: this.host.hasFocus() });
  }

  async #send(step: NumberStep): Promise<void> {
    const { texts } = this.host;
    this.#draft = step.draft;
    if (!step.isFilled) {
      step.showInputError(texts().numberMissing);
      step.focus();
    } else if (!step.isOfferedCountry) {
      this.#fail(step, new PhoneVerifyClientError('phone_number_not_allowed', 'Wrong country.'));
    } else {
      this.#begin(step, texts().sending);
      const { number, isPossible } = await step.read();
      if (step !== this.#step) return;
      if (isPossible) await this.#register(step, number);
      else this.#fail(step, new PhoneVerifyClientError('phone_number_invalid', 'Wrong length.'));
    }
  }

  async #register(step: NumberStep | EndedStep, phoneNumber: string): Promise<void> {
    const { client, texts, beforeSend, emit } = this.host;
    let isSent = false;
    const onSent = (): void => {
      isSent = true;
    };
    this.#begin(step, texts().sending);
    await this.#run(
      step,
      () => Promise.all([client().register(phoneNumber, { beforeSend, onSent }), loadCodeLook(this.card)]),
      ([session]) => {
        this.#askCode(session, { isFocused: true });
        if (isSent) emit('phone-verify-sent', { phoneNumber: session.phoneNumber });
      },
    );
  }

  async #resend(step: CodeStep): Promise<void> {
    const { client, texts, beforeSend, emit } = this.host;
    step.beginResend(texts().sending);
    this.#report();
    await this.#run(
      step,
      () => client().resend({ beforeSend }),
      (session) => {
        step.end();
        this.#report();
        step.announce(texts().resent);
        void this.#listen(step);
        emit('phone-verify-sent', { phoneNumber: session.phoneNumber });
      },
    );
  }

  async #verify(step: CodeStep): Promise<void> {
    const { client, texts, emit } = this.host;
    if (!step.isComplete) {
      step.showInputError(texts().codeIncomplete);
      step.focus();
      return;
    }
    this.#begin(step, texts().verifying);
    await this.#run(
      step,
      () => client().verify(step.code),
      (verified) => {
        this.#place(new DoneStep(texts(), verified), { isFocused: true });
        emit('phone-verify-verified', verified);
      },
    );
  }

  #begin(step: InteractiveStep, text: string): void {
    step.begin(text);
    this.#report();
  }

  /** Runs a step's call. Its outcome is ignored if the step is gone by then. */
  async #run<Result>(
    step: InteractiveStep,
    call: () => Promise<Result>,
    succeed: (result: Result) => void,
  ): Promise<void> {
    try {
      const result = await call();
      if (step === this.#step) succeed(result);
    } catch (thrown) {
      if (step === this.#step) this.#fail(step, asClientError(thrown));
    }
  }

  #fail(step: InteractiveStep, error: PhoneVerifyClientError): void {
    const { texts, client, emit } = this.host;
    if (error.code === 'send_stopped') {
      step.end();
      this.#report();
      return;
    }
    // The session of a resend may have ended for a reason that says nothing about a code.
    const ending = endingOf(error) ?? (client().session === undefined ? 'expired' : undefined);
    if (step instanceof CodeStep && ending !== undefined) this.#end(step, ending);
    else {
      const isInput = isAboutInput(error);
      if (isInput && step instanceof CodeStep) step.clear();
      if (error.retryAfter) step.wait(error.retryAfter);
      step.end();
      const text = describeError(texts(), error);
      if (isInput) step.showInputError(text);
      else step.showError(text, error.code === 'network_failed');
      if (isInput) step.focus();
      this.#report();
    }
    emit('phone-verify-error', error);
  }

  async #listen(step: CodeStep): Promise<void> {
    this.#listening?.abort();
    const listening = new AbortController();
    this.#listening = listening;
    const code = await receiveCode(listening.signal);
    if (code !== undefined && step === this.#step) step.code = code;
  }
}
