import type { HTMLAttributes, PublicProps } from 'vue';
import type {
  PhoneVerifyAttributes,
  PhoneVerifyHandlers,
  PhoneVerifyProperties,
} from './element/phone-verify.props.js';

export * from './define.js';

type Props = PublicProps & HTMLAttributes & PhoneVerifyAttributes & PhoneVerifyProperties & PhoneVerifyHandlers;

/** The element as type-checked templates see components. */
type Component = new () => { readonly $props: Props };

declare module 'vue' {
  interface GlobalComponents {
    'phone-verify': Component;
    PhoneVerify: Component;
  }
}
