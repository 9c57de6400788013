import type { FlowState } from './flow-host.js';
import { ReflectedAttributes } from './reflected-attributes.js';

/** An element that takes part in forms like an input. Its value is the verification token. */
export class FormControl extends ReflectedAttributes {
  /** @internal */
  static readonly formAssociated = true;

  readonly #internals = this.attachInternals();
  #state: FlowState = { isBusy: false, ending: undefined, verified: undefined, anchor: undefined };

  /** The verification token; empty until the number is verified. */
  get value(): string {
    return this.#state.verified?.verificationToken ?? '';
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  /** Updates the value, the validity, and the states for style sheets. */
  protected update(notVerified: string, state = this.#state): void {
    this.#state = state;
    const { isBusy, ending, verified, anchor } = state;
    this.#internals.setFormValue(verified?.verificationToken ?? null);
    const isMissing = this.required && verified === undefined;
    this.#internals.setValidity({ valueMissing: isMissing }, isMissing ? notVerified : '', anchor);
    this.#setState('busy', isBusy);
    this.#setState('locked', ending === 'locked');
    this.#setState('expired', ending === 'expired' || ending === 'used');
  }

  #setState(name: string, isSet: boolean): void {
    try {
      if (isSet) this.#internals.states.add(name);
      else this.#internals.states.delete(name);
    } catch {
      // A browser that has no states, or only those with dashes.
    }
  }
}
