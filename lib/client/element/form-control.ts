import type { FlowState } from './flow-host.js';

/** `HTMLElement` does not exist on a server, where the module may be imported but the element is never created. */
const Base: typeof HTMLElement = Reflect.get(globalThis, 'HTMLElement') ?? Object;

/** An element that takes part in forms like an input. Its value is the verification token. */
export class FormControl extends Base {
  /** @internal */
  static readonly formAssociated = true;

  readonly #internals = this.attachInternals();
  #state: FlowState | undefined;

  /** Name of the verification token among the data of the form. */
  get name(): string | null {
    return this.getAttribute('name');
  }

  set name(name: string | null | undefined) {
    this.reflect('name', name);
  }

  /** Whether the form can only be submitted once the number is verified. */
  get required(): boolean {
    return this.hasAttribute('required');
  }

  set required(isRequired: boolean) {
    this.toggleAttribute('required', isRequired);
  }

  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  set disabled(isDisabled: boolean) {
    this.toggleAttribute('disabled', isDisabled);
  }

  /** The verification token; empty until the number is verified. */
  get value(): string {
    return this.#state?.verified?.verificationToken ?? '';
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

  /** Sets an attribute, or removes it. */
  protected reflect(attribute: string, value: string | readonly string[] | null | undefined): void {
    if (value === undefined || value === null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, String(value));
  }

  /** Updates the value, the validity, and the states for style sheets. */
  protected update(state: FlowState, notVerified: string): void {
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
