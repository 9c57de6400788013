import { PhoneVerifyClient } from '../phone-verify.client.js';
import { listCountries } from './countries.js';
import { adopt, make } from './dom.js';
import { Flow } from './flow.js';
import { ElementTexts } from './element-texts.js';
import { countryOfLanguages, languageOf, observeLanguage } from './locale.js';
import type { PhoneVerifyLocale } from './phone-verify.locale.js';
import type { PhoneVerifyEventMap } from './phone-verify.events.js';
import { STYLES } from './styles.js';
import type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './texts.js';

declare global {
  interface HTMLElementEventMap extends PhoneVerifyEventMap {}
  interface HTMLElementTagNameMap {
    'phone-verify': PhoneVerifyElement;
  }
}

/** `HTMLElement` does not exist on a server, where the module may be imported but the element is never created. */
const Base: typeof HTMLElement = Reflect.get(globalThis, 'HTMLElement') ?? Object;

/**
 * `<phone-verify>`: asks for a phone number and for the code that is sent to it. Attributes: `base-url`,
 * `default-country`, `countries`, `language`, `purpose`. Register it with {@link definePhoneVerify}.
 *
 * @publicApi
 */
export class PhoneVerifyElement extends Base {
  /** @internal */
  static readonly observedAttributes = ['base-url', 'default-country', 'countries', 'language', 'purpose'];

  readonly #card = make('div', { class: 'card', part: 'card' });
  readonly #flow: Flow;
  #client: PhoneVerifyClient | undefined;
  #isOwnClient = true;
  readonly #texts = new ElementTexts();
  #shownLanguage: string | undefined;
  #stopObserving: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.append(this.#card);
    adopt(root, STYLES);
    this.#flow = this.#createFlow(root);
  }

  /** Calls the server. By default the element creates one from its attributes. */
  get client(): PhoneVerifyClient {
    this.#client ??= new PhoneVerifyClient({
      baseUrl: this.getAttribute('base-url') ?? undefined,
      language: this.getAttribute('language') ?? undefined,
      purpose: this.getAttribute('purpose') ?? undefined,
    });
    return this.#client;
  }

  set client(client: PhoneVerifyClient) {
    if (client === this.#client) return;
    this.#client = client;
    this.#isOwnClient = false;
    this.#refresh();
  }

  /** The texts. Those that are set replace the built-in ones, one by one; a file of `locales/` replaces all. */
  get texts(): PhoneVerifyTexts {
    return this.#texts.current;
  }

  set texts(texts: PhoneVerifyTextChanges | PhoneVerifyLocale) {
    this.#texts.change(texts);
    this.#refresh();
  }

  /** Removes the number and the session, and starts over. */
  reset(): void {
    this.#flow.reset();
  }

  /** Focuses the input of the current step. */
  override focus(): void {
    this.#flow.focus();
  }

  /** @internal */
  connectedCallback(): void {
    // Properties that were set before the element was registered shadow its accessors.
    for (const name of ['client', 'texts'].filter((each) => Object.hasOwn(this, each))) {
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#timer = setInterval(() => this.#flow.tick(), 1000);
    this.#stopObserving = observeLanguage(() => {
      if (this.#language !== this.#shownLanguage) this.#refresh();
    });
    this.#useLanguage(() => this.#flow.resume());
  }

  /** @internal */
  disconnectedCallback(): void {
    clearInterval(this.#timer);
    this.#stopObserving?.();
    this.#flow.stop();
  }

  /** @internal */
  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (this.#isOwnClient) this.#client = undefined;
    this.#refresh();
  }

  get #language(): string {
    return languageOf(this, this.getAttribute('language'));
  }

  #refresh(): void {
    if (this.isConnected) this.#useLanguage(() => this.#flow.refresh());
  }

  /** Continues once the texts of the language are here. What is shown stays until then. */
  #useLanguage(next: () => void): void {
    this.#shownLanguage = this.#language;
    const loading = this.#texts.use(this.#shownLanguage);
    if (loading !== undefined) void this.#showAfter(loading);
    else {
      this.#applyTexts();
      next();
    }
  }

  async #showAfter(loading: Promise<void>): Promise<void> {
    await loading;
    this.#applyTexts();
    this.#flow.refresh();
    if (this.isConnected) this.#flow.resume();
  }

  #applyTexts(): void {
    this.#card.dir = this.#texts.direction;
    this.#card.lang = this.#texts.language;
  }

  #createFlow(root: ShadowRoot): Flow {
    return new Flow(this.#card, {
      client: () => this.client,
      texts: () => this.texts,
      countries: () => listCountries(this.getAttribute('countries'), this.#language),
      country: () =>
        this.getAttribute('default-country')?.toUpperCase() ?? countryOfLanguages(navigator.languages) ?? '',
      hasFocus: () => root.activeElement !== null,
      emit: (type, detail) => {
        this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
      },
    });
  }
}
