import type { HTMLAttributes } from 'svelte/elements';
import type {
  PhoneVerifyAttributes,
  PhoneVerifyListeners,
  PhoneVerifyProperties,
} from './element/phone-verify.props.js';
import type { PhoneVerifyElement } from './index.js';

export * from './define.js';

type Html = Omit<HTMLAttributes<PhoneVerifyElement>, keyof PhoneVerifyProperties>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'phone-verify': Html & PhoneVerifyAttributes & PhoneVerifyProperties & PhoneVerifyListeners;
  }
}
