import type { PhoneVerifyBeforeSend } from '../before-send.js';
import { PhoneVerifyClientError } from '../client-error.js';
import type { PhoneVerifySession } from '../phone-verify.session.js';
import type { PhoneVerifyVerified } from '../responses.js';
import { CodeStep } from './code-step.js';
import type { Ending } from '../session-endings.js';
import type { EndedStep } from './ended-step.js';
import { asClientError, endingOf, isAboutInput } from './failures.js';
import type { FlowHost } from './flow-host.js';
import type { NumberStep } from './number-step.js';
import { describeError } from './texts.js';

/** A step in which the person does something. */
export type InteractiveStep = NumberStep | CodeStep | EndedStep;

/** What the calls do with the steps that are shown. */
export interface Stage {
  isCurrent(step: InteractiveStep): boolean;
  /** Tells the page that a step has become busy or ready. */
  report(): void;
  loadCodeLook(): Promise<void>;
  askCode(session: PhoneVerifySession): void;
  end(step: CodeStep, ending: Ending): void;
  finish(verified: PhoneVerifyVerified): void;
  /** Waits for a message that the browser can read. */
  listen(step: CodeStep): Promise<void>;
}

/** What the steps ask of the server, and what follows from its answers. */
export class FlowCalls {
  readonly #host: FlowHost;
  readonly #stage: Stage;

  constructor(host: FlowHost, stage: Stage) {
    this.#host = host;
    this.#stage = stage;
  }

  /** Requests a code for the number that was typed. */
  async send(step: NumberStep): Promise<void> {
    const { texts } = this.#host;
    if (!step.isFilled) {
      step.showInputError(texts().numberMissing);
      step.focus();
    } else if (!step.isOfferedCountry) {
      this.#fail(step, new PhoneVerifyClientError('phone_number_not_allowed', 'Wrong country.'));
    } else {
      this.#begin(step, texts().sending);
      const { number, isPossible } = await step.read();
      if (!this.#stage.isCurrent(step)) return;
      if (isPossible) await this.register(step, number);
      else this.#fail(step, new PhoneVerifyClientError('phone_number_invalid', 'Wrong length.'));
    }
  }

  /** Requests a code for a number. */
  async register(step: NumberStep | EndedStep, phoneNumber: string): Promise<void> {
    const { client, texts, emit } = this.#host;
    let isSent = false;
    const onSent = (): void => {
      isSent = true;
    };
    this.#begin(step, texts().sending);
    await this.#run(
      step,
      () =>
        Promise.all([
          client().register(phoneNumber, { beforeSend: this.#prepare(step), onSent }),
          this.#stage.loadCodeLook(),
        ]),
      ([session]) => {
        this.#stage.askCode(session);
        if (isSent) emit('phone-verify-sent', { phoneNumber: session.phoneNumber });
      },
    );
  }

  /** Requests another message with the code of the session. */
  async resend(step: CodeStep): Promise<void> {
    const { client, texts, emit } = this.#host;
    step.beginResend(texts().sending);
    this.#stage.report();
    await this.#run(
      step,
      () => client().resend({ beforeSend: this.#prepare(step) }),
      (session) => {
        step.end();
        this.#stage.report();
        step.announce(texts().resent);
        void this.#stage.listen(step);
        emit('phone-verify-sent', { phoneNumber: session.phoneNumber });
      },
    );
  }

  /** Checks the code that was typed. */
  async verify(step: CodeStep): Promise<void> {
    const { client, texts, emit } = this.#host;
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
        this.#stage.finish(verified);
        emit('phone-verify-verified', verified);
      },
    );
  }

  /** Lets the page prepare a message, which is not sent if the step or the element is gone by then. */
  #prepare(step: InteractiveStep): PhoneVerifyBeforeSend {
    return async (send) => {
      const extras = await this.#host.beforeSend()?.(send);
      return this.#stage.isCurrent(step) && step.root.isConnected && extras;
    };
  }

  #begin(step: InteractiveStep, text: string): void {
    step.begin(text);
    this.#stage.report();
  }

  /** Runs a step's call. Its outcome is ignored if the step is gone by then. */
  async #run<Result>(
    step: InteractiveStep,
    call: () => Promise<Result>,
    succeed: (result: Result) => void,
  ): Promise<void> {
    try {
      const result = await call();
      if (this.#stage.isCurrent(step)) succeed(result);
    } catch (thrown) {
      if (this.#stage.isCurrent(step)) this.#fail(step, asClientError(thrown));
    }
  }

  #fail(step: InteractiveStep, error: PhoneVerifyClientError): void {
    const { texts, client, emit } = this.#host;
    if (error.code === 'send_stopped') {
      step.end();
      this.#stage.report();
      return;
    }
    // The session of a resend may have ended for a reason that says nothing about a code.
    const ending = endingOf(error) ?? (client().session === undefined ? 'expired' : undefined);
    if (step instanceof CodeStep && ending !== undefined) this.#stage.end(step, ending);
    else {
      const isInput = isAboutInput(error);
      if (isInput && step instanceof CodeStep) step.clear();
      if (error.retryAfter) step.wait(error.retryAfter);
      const text = describeError(texts(), error);
      if (isInput) step.showInputError(text);
      else step.showError(text, error.code === 'network_failed');
      // Submits a code that was completed meanwhile.
      step.end();
      if (isInput) step.focus();
      this.#stage.report();
    }
    emit('phone-verify-error', error);
  }
}
