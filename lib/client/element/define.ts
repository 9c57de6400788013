import { sheetOf } from './dom.js';
import { PhoneVerifyElement } from './phone-verify.element.js';
import { STYLES } from './styles.js';

/**
 * Registers the custom element. Does nothing if the name is already registered, or on a server.
 *
 * @param name - The tag name. Default `'phone-verify'`.
 * @example
 * ```ts
 * definePhoneVerify();
 * document.body.append(document.createElement('phone-verify'));
 * ```
 *
 * @publicApi
 */
export function definePhoneVerify(name = 'phone-verify'): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return;
  // A class can be registered under one name only, so each name gets a new class.
  // The first element does not wait for it. A browser that tests imitate may have no such sheets.
  if ('adoptedStyleSheets' in document) sheetOf(STYLES);
  customElements.define(name, class extends PhoneVerifyElement {});
}
