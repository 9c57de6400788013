import type { PhoneVerifyBeforeSend } from '../before-send.js';
import type { PhoneVerifyClient } from '../phone-verify.client.js';
import type { PhoneVerifyEventMap } from './phone-verify.events.js';
import type { PhoneVerifyLocale } from './phone-verify.locale.js';
import type { PhoneVerifyTextChanges } from './texts.js';

type Sent = (event: PhoneVerifyEventMap['phone-verify-sent']) => void;
type Verified = (event: PhoneVerifyEventMap['phone-verify-verified']) => void;
type Failed = (event: PhoneVerifyEventMap['phone-verify-error']) => void;

/**
 * The attributes of the element whose names differ from those of the properties, for templates that are type-checked.
 *
 * @publicApi
 */
export interface PhoneVerifyAttributes {
  readonly 'base-url'?: string | undefined;
  readonly 'default-country'?: string | undefined;
  readonly 'preferred-countries'?: string | undefined;
  readonly 'auto-submit'?: 'off' | undefined;
}

/**
 * The properties of the element, for templates that are type-checked.
 *
 * @publicApi
 */
export interface PhoneVerifyProperties {
  readonly baseUrl?: string | undefined;
  readonly defaultCountry?: string | undefined;
  readonly countries?: string | readonly string[] | undefined;
  readonly preferredCountries?: string | readonly string[] | undefined;
  readonly language?: string | undefined;
  readonly purpose?: string | undefined;
  /** Whether a complete code is checked without a press on the button. Default `true`. */
  readonly autoSubmit?: boolean | undefined;
  /** Name of the verification token among the data of a form. */
  readonly name?: string | undefined;
  readonly required?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Calls the server. Default: one that the element creates from its attributes. */
  readonly client?: PhoneVerifyClient | undefined;
  /** Texts that replace the built-in ones, one by one, or those of a whole language. */
  readonly texts?: PhoneVerifyTextChanges | PhoneVerifyLocale | undefined;
  /** Runs before each message: supplies headers or a CAPTCHA token, or stops it. */
  readonly beforeSend?: PhoneVerifyBeforeSend | undefined;
}

/**
 * Handlers of the events, by the names of components: `onVerified`, or `@verified` in Vue.
 *
 * @publicApi
 */
export interface PhoneVerifyHandlers {
  /** A code was sent. */
  readonly onSent?: Sent | undefined;
  /** The number is verified. */
  readonly onVerified?: Verified | undefined;
  /** A call failed. The element shows the error itself. */
  readonly onFailed?: Failed | undefined;
}

/**
 * Handlers of the events, by the names that elements have in JSX and Svelte.
 *
 * @publicApi
 */
export interface PhoneVerifyListeners {
  readonly onsent?: Sent | undefined;
  readonly onverified?: Verified | undefined;
  readonly onfailed?: Failed | undefined;
}
