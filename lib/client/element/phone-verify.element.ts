import { PhoneVerifyClient } from '../phone-verify.client.js';
import { listCountries } from './countries.js';
import { adopt, make } from './dom.js';
import { Flow } from './flow.js';
import { countryOfLanguages, directionOf, firstLanguage } from './locale.js';
import type { PhoneVerifyEventMap } from './phone-verify.events.js';
import { STYLES } from './styles.js';
import { type PhoneVerifyTextChanges, type PhoneVerifyTexts, withChanges } from './texts.js';

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
  #texts: PhoneVerifyTexts = withChanges({});
  #isTranslated = false;
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

  /** The texts. Those that are set replace the built-in English ones, one by one. */
  get texts(): PhoneVerifyTexts {
    return this.#texts;
  }

  set texts(changes: PhoneVerifyTextChanges) {
    this.#texts = withChanges(changes);
    this.#isTranslated = true;
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
    this.#applyLanguage();
    this.#flow.resume();
  }

  /** @internal */
  disconnectedCallback(): void {
    clearInterval(this.#timer);
    this.#flow.stop();
  }

  /** @internal */
  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (this.#isOwnClient) this.#client = undefined;
    this.#refresh();
  }

  get #language(): string {
    return firstLanguage(this.getAttribute('language'), document.documentElement.lang, navigator.language);
  }

  #refresh(): void {
    this.#applyLanguage();
    this.#flow.refresh();
  }

  #applyLanguage(): void {
    this.#card.dir = directionOf(this.#language);
    this.#card.lang = this.#isTranslated ? this.#language : 'en';
  }

  #createFlow(root: ShadowRoot): Flow {
    return new Flow(this.#card, {
      client: () => this.client,
      texts: () => this.#texts,
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
