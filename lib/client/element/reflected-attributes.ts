/** `HTMLElement` does not exist on a server, where the module may be imported but the element is never created. */
const Base: typeof HTMLElement = Reflect.get(globalThis, 'HTMLElement') ?? Object;

/** A property for every attribute of the element. */
export class ReflectedAttributes extends Base {
  get baseUrl(): string | null {
    return this.getAttribute('base-url');
  }

  set baseUrl(url: string | null | undefined) {
    this.reflect('base-url', url);
  }

  get defaultCountry(): string | null {
    return this.getAttribute('default-country');
  }

  set defaultCountry(country: string | null | undefined) {
    this.reflect('default-country', country);
  }

  get countries(): string | null {
    return this.getAttribute('countries');
  }

  set countries(countries: string | readonly string[] | null | undefined) {
    this.reflect('countries', countries);
  }

  get preferredCountries(): string | null {
    return this.getAttribute('preferred-countries');
  }

  set preferredCountries(countries: string | readonly string[] | null | undefined) {
    this.reflect('preferred-countries', countries);
  }

  get language(): string | null {
    return this.getAttribute('language');
  }

  set language(language: string | null | undefined) {
    this.reflect('language', language);
  }

  get purpose(): string | null {
    return this.getAttribute('purpose');
  }

  set purpose(purpose: string | null | undefined) {
    this.reflect('purpose', purpose);
  }

  /** Whether a complete code is checked without a press on the button. The attribute is `auto-submit="off"`. */
  get autoSubmit(): boolean {
    return this.getAttribute('auto-submit') !== 'off';
  }

  set autoSubmit(isAutomatic: boolean | null | undefined) {
    this.reflect('auto-submit', isAutomatic === false ? 'off' : undefined);
  }

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

  set required(isRequired: boolean | null | undefined) {
    this.toggleAttribute('required', Boolean(isRequired));
  }

  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  set disabled(isDisabled: boolean | null | undefined) {
    this.toggleAttribute('disabled', Boolean(isDisabled));
  }

  /** Sets an attribute, or removes it. */
  protected reflect(attribute: string, value: string | readonly string[] | null | undefined): void {
    if (value === undefined || value === null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, String(value));
  }
}
