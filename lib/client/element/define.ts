import { PhoneVerifyElement } from './phone-verify.element.js';

/**
 * Makes the element known to the page. Does nothing where the name is taken, and on a server.
 *
 * @publicApi
 */
export function definePhoneVerify(name = 'phone-verify'): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return;
  // A class has one name; under another one it is another class.
  customElements.define(name, class extends PhoneVerifyElement {});
}
