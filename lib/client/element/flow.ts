import type { PhoneVerifySession } from '../phone-verify.session.js';
import type { PhoneVerifyVerified } from '../responses.js';
import { loadCodeLook } from './code-look.js';
import { CodeStep } from './code-step.js';
import { DoneStep } from './done-step.js';
import type { Ending } from '../session-endings.js';
import { EndedStep } from './ended-step.js';
import { focusedIn } from './dom.js';
import { FlowCalls, type InteractiveStep, type Stage } from './flow-calls.js';
import type { FlowHost } from './flow-host.js';
import { groupNumbers } from './number-format.js';
import { type NumberDraft, NumberStep } from './number-step.js';
import { Step } from './step.js';

/** How a step is shown. */
interface Placement {
  /** Whether it gets the focus. */
  readonly isFocused: boolean;
}

/** Runs the steps: number, code, done. */
export class Flow implements Stage {
  readonly #card: HTMLElement;
  readonly #host: FlowHost;
  readonly #calls: FlowCalls;
  #step: InteractiveStep | DoneStep | undefined;
  #draft: NumberDraft | undefined;
  #listening: AbortController | undefined;
  /** Whether the texts or the countries have changed since the step was rendered. */
  #isOutdated = false;
  /** The number of the session that the person left to enter another one. */
  #declined: string | undefined;
  /** Whether the page has focused the element before it showed anything. */
  #isFocusWanted = false;

  constructor(card: HTMLElement, host: FlowHost) {
    this.#card = card;
    this.#host = host;
    this.#calls = new FlowCalls(host, this);
  }

  get isShown(): boolean {
    return this.#step !== undefined;
  }

  /** Shows the current step: that of the open session, if there is one. */
  begin(): void {
    const { session } = this.#host.client();
    const isFocused = this.#hasFocus;
    if (session?.isSent && session.phoneNumber !== this.#declined) this.askCode(session, { isFocused });
    else this.#askNumber({ isFocused, phoneNumber: session?.phoneNumber });
  }

  /** Renders the current step again, with changed texts or countries: at once, or soon after its pending call. */
  refresh(): void {
    const step = this.#step;
    if (step === undefined) return;
    if (step instanceof DoneStep) {
      this.finish(step.verified, { isFocused: this.#hasFocus });
      return;
    }
    this.#isOutdated = step.isBusy || this.#card.querySelector('dialog') !== null;
    if (this.#isOutdated) return;
    // Its session may have ended since.
    step.show();
    if (step !== this.#step) return;
    const focused = focusedIn(this.#card)?.getAttribute('part');
    if (step instanceof NumberStep && step.isChanged) this.#draft = step.draft;
    if (step instanceof EndedStep) this.end(step, step.ending);
    else this.begin();
    const next: Step | DoneStep | undefined = this.#step;
    // Another kind of step if the session has changed.
    if (next instanceof Step && next.constructor === step.constructor) {
      next.continue(step);
      this.#card.querySelector<HTMLElement>(`[part="${focused}"]`)?.focus();
    }
  }

  focus(): void {
    this.#isFocusWanted = this.#step === undefined;
    this.#step?.focus();
  }

  get #hasFocus(): boolean {
    return this.#isFocusWanted || focusedIn(this.#card) !== null;
  }

  /** Removes the session and starts over. */
  reset(): void {
    this.#host.client().forget();
    this.#draft = undefined;
    if (this.#step !== undefined) this.#askNumber({ isFocused: this.#hasFocus });
  }

  /** Continues after {@link stop}. */
  resume(): void {
    if (this.#step === undefined) void this.#start();
    else if (this.#step instanceof CodeStep) void this.listen(this.#step);
  }

  async #start(): Promise<void> {
    if (this.#host.client().session?.isSent) await this.loadCodeLook();
    if (this.#step === undefined) this.begin();
  }

  stop(): void {
    this.#listening?.abort();
    this.#isFocusWanted = false;
    this.#card.querySelector('dialog')?.close();
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
    this.#card.replaceChildren(step.root);
    void groupNumbers(step.root);
    this.report();
    if (isFocused) step.focus();
    this.#isFocusWanted = false;
  }

  isCurrent(step: InteractiveStep): boolean {
    return step === this.#step;
  }

  loadCodeLook(): Promise<void> {
    return loadCodeLook(this.#card);
  }

  /** Shows that the number is verified. */
  finish(verified: PhoneVerifyVerified, placement: Placement = { isFocused: true }): void {
    this.#place(new DoneStep(this.#host.texts(), verified), placement);
  }

  /** Tells the page about the current step. */
  report(): void {
    const step = this.#step;
    this.#host.update({
      isBusy: step !== undefined && !(step instanceof DoneStep) && step.isBusy,
      ending: step instanceof EndedStep ? step.ending : undefined,
      verified: step instanceof DoneStep ? step.verified : undefined,
      anchor: step?.anchor,
    });
  }

  #askNumber({ isFocused, phoneNumber = '' }: Placement & { readonly phoneNumber?: string | undefined }): void {
    const { texts, countries, country } = this.#host;
    const draft = this.#draft ?? { country: country(), text: phoneNumber };
    this.#place(new NumberStep(texts(), countries(), draft, (step) => this.#send(step)), { isFocused });
  }

  #send(step: NumberStep): void {
    this.#draft = step.draft;
    void this.#calls.send(step);
  }

  /** Asks for the code of a session. */
  askCode(session: PhoneVerifySession, placement: Placement = { isFocused: true }): void {
    const { texts, client, isAutomatic } = this.#host;
    this.#declined = undefined;
    void this.loadCodeLook();
    const step: CodeStep = new CodeStep(texts(), session, {
      submit: () => void this.#calls.verify(step),
      resend: () => void this.#calls.resend(step),
      changeNumber: () => {
        this.#declined = step.phoneNumber;
        this.#askNumber({ isFocused: true, phoneNumber: step.phoneNumber });
      },
      isAutomatic,
      session: () => client().session,
      expire: () => this.end(step, 'expired'),
      restart: () => this.begin(),
    });
    this.#place(step, placement);
    void this.listen(step);
  }

  /** Shows that only a new code can help. The button counts down until one can be requested. */
  end(step: CodeStep | EndedStep, ending: Ending): void {
    const { phoneNumber } = step;
    const seconds = step instanceof CodeStep ? step.resendIn : step.secondsToWait;
    const ended = new EndedStep(this.#host.texts(), ending, phoneNumber, {
      requestNewCode: (each) => void this.#calls.register(each, phoneNumber),
      changeNumber: () => this.#askNumber({ isFocused: true, phoneNumber }),
    });
    if (seconds > 0) ended.wait(seconds);
    this.#place(ended, { isFocused: this.#hasFocus });
  }

  /** Waits for a message that the browser can read. */
  async listen(step: CodeStep): Promise<void> {
    this.#listening?.abort();
    if (!('OTPCredential' in globalThis) || !this.#card.isConnected) return;
    const listening = new AbortController();
    this.#listening = listening;
    const file = await import('./one-time-code.js').catch(() => undefined);
    const code = await file?.receiveCode(listening.signal);
    if (code !== undefined && step === this.#step) step.code = code;
  }
}
