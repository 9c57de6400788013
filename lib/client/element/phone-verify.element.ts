import type { PhoneVerifyBeforeSend } from '../before-send.js';
import { PhoneVerifyClient } from '../phone-verify.client.js';
import { CALLING_CODES, readCountries } from './countries.js';
import { addStyles, make } from './dom.js';
import { Flow } from './flow.js';
import { ElementTexts } from './element-texts.js';
import type { FlowState } from './flow-host.js';
import { FormControl } from './form-control.js';
import { countryOfLanguages, languageOf, observeLanguage } from './locale.js';
import { type PhoneVerifyElementEventMap, type PhoneVerifyEventMap, SHORT_NAMES } from './phone-verify.events.js';
import type { PhoneVerifyLocale } from './phone-verify.locale.js';
import { soon } from './patience.js';
import { STYLES } from './styles.js';
import type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './texts.js';

declare global {
  interface HTMLElementEventMap extends PhoneVerifyEventMap {}
  interface HTMLElementTagNameMap {
    'phone-verify': PhoneVerifyElement;
  }
}

/** Attributes of the client that the element creates. */
const CLIENT_ATTRIBUTES: readonly string[] = ['base-url', 'language', 'purpose'];

/**
 * `<phone-verify>`: asks for a phone number and for the code that is sent to it. Attributes: `base-url`,
 * `default-country`, `countries`, `preferred-countries`, `language`, `purpose`, `auto-submit`, `name`, `required`,
 * `disabled`; each has a property. Register it with {@link definePhoneVerify}.
 *
 * @publicApi
 */
export class PhoneVerifyElement extends FormControl {
  /** @internal */
  static readonly observedAttributes = [
    ...CLIENT_ATTRIBUTES,
    'default-country',
    'countries',
    'preferred-countries',
    'required',
  ];

  readonly #card = make('div', { class: 'card', part: 'card' });
  readonly #fields = make('fieldset', { role: 'presentation' });
  readonly #flow: Flow;
  #client: PhoneVerifyClient | undefined;
  #isOwnClient = true;
  #beforeSend: PhoneVerifyBeforeSend | undefined;
  readonly #texts = new ElementTexts();
  #shownLanguage: string | undefined;
  /** The texts that the element waits for. */
  #loading: Promise<void> | undefined;
  #connection: AbortController | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.#card.append(this.#fields, make('slot', { name: 'footer' }));
    root.append(this.#card);
    addStyles(this.#card, STYLES);
    this.#flow = this.#createFlow();
  }

  /** Calls the server. By default the element creates one from its attributes. */
  get client(): PhoneVerifyClient {
    this.#client ??= new PhoneVerifyClient({
      baseUrl: this.baseUrl ?? undefined,
      language: this.language ?? undefined,
      purpose: this.purpose ?? undefined,
    });
    return this.#client;
  }

  set client(client: PhoneVerifyClient | undefined) {
    const isOwn = client === undefined;
    if (isOwn ? this.#isOwnClient : client === this.#client) return;
    this.#client = client;
    this.#isOwnClient = isOwn;
    this.#refresh();
  }

  /** Runs before each message: supplies headers or a CAPTCHA token, or stops it. */
  get beforeSend(): PhoneVerifyBeforeSend | undefined {
    return this.#beforeSend;
  }

  set beforeSend(beforeSend: PhoneVerifyBeforeSend | undefined) {
    this.#beforeSend = beforeSend;
  }

  /** The texts. Those that are set replace the built-in ones, one by one; a file of `locales/` replaces all. */
  get texts(): PhoneVerifyTexts {
    return this.#texts.current;
  }

  set texts(texts: PhoneVerifyTextChanges | PhoneVerifyLocale | undefined) {
    if (this.#texts.change(texts)) this.#refresh();
  }

  /** Removes the number and the session, and starts over. */
  reset(): void {
    this.#flow.reset();
  }

  /** Focuses the input of the current step. */
  override focus(): void {
    this.#flow.focus();
  }

  override addEventListener<Type extends keyof PhoneVerifyElementEventMap>(
    type: Type,
    listener: (event: PhoneVerifyElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** @internal */
  override addEventListener(...listener: Parameters<HTMLElement['addEventListener']>): void {
    super.addEventListener(...listener);
  }

  /** @internal */
  connectedCallback(): void {
    // Properties that were set before the element was registered shadow its accessors.
    for (const name of Object.keys(this).filter((each) => each in PhoneVerifyElement.prototype)) {
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    const tick = (): void => this.#flow.tick();
    const timer = setInterval(tick, 1000);
    // A page that was in the background, or in the back/forward cache, shows the time at once.
    addEventListener('pageshow', tick, { signal });
    document.addEventListener('visibilitychange', tick, { signal });
    addEventListener('online', () => this.#flow.reconnect(), { signal });
    const stopObserving = observeLanguage(() => {
      if (this.#language !== this.#shownLanguage) this.#refresh();
    });
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      stopObserving();
    });
    this.#update();
    this.#useLanguage();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#flow.stop();
  }

  /** @internal */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === 'required') {
      this.#update();
      return;
    }
    if (this.#isOwnClient && CLIENT_ATTRIBUTES.includes(name)) this.#client = undefined;
    this.#refresh();
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#fields.disabled = isDisabled;
  }

  /** @internal */
  formResetCallback(): void {
    this.reset();
  }

  get #language(): string {
    return languageOf(this, this.getAttribute('language'));
  }

  #refresh(): void {
    // Not while the element is upgraded: its properties are read only after its attributes.
    if (this.#connection !== undefined) this.#useLanguage();
  }

  /** Shows the current step, once the texts of the language are here. What is shown stays until then. */
  #useLanguage(): void {
    this.#shownLanguage = this.#language;
    const loading = this.#texts.use(this.#shownLanguage);
    if (loading !== undefined && loading !== this.#loading) {
      this.#loading = loading;
      void this.#showAfter(loading);
    } else if (loading === undefined || this.#flow.isShown) this.#show();
  }

  async #showAfter(loading: Promise<void>): Promise<void> {
    await soon(loading);
    // Another language may be wanted by now.
    if (loading !== this.#loading) return;
    this.#show();
    await loading;
    if (this.#card.lang !== this.#texts.language) this.#show();
  }

  #show(): void {
    this.#card.dir = this.#texts.direction;
    this.#card.lang = this.#texts.language;
    this.#flow.refresh();
    if (this.isConnected) this.#flow.resume();
  }

  #update(state?: FlowState): void {
    this.update(this.texts.notVerified, state);
  }

  #createFlow(): Flow {
    return new Flow(this.#fields, {
      client: () => this.client,
      texts: () => this.texts,
      countries: () => {
        const listed = readCountries(this.countries);
        const offered = listed.length > 0 ? listed : [...CALLING_CODES.keys()];
        const preferred = readCountries(this.preferredCountries).filter((country) => offered.includes(country));
        return { offered, preferred, language: this.#language };
      },
      country: () => this.defaultCountry?.toUpperCase() ?? countryOfLanguages(navigator.languages) ?? '',
      isAutomatic: () => this.autoSubmit,
      beforeSend: () => this.beforeSend,
      emit: (type, detail) => {
        this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
        this.dispatchEvent(new CustomEvent(SHORT_NAMES[type], { detail }));
      },
      update: (state) => this.#update(state),
    });
  }
}
