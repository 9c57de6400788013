import type { SvelteHTMLElements } from 'svelte/elements';
import { describe, expectTypeOf, it } from 'vitest';
import type { GlobalComponents } from 'vue';
import type { PhoneVerifyClient, PhoneVerifyLocale, PhoneVerifyVerified } from '../../lib/client/index.js';
import type { PhoneVerifyIntrinsicProps, PhoneVerifyProps } from '../../lib/client/react.js';
import '../../lib/client/svelte.js';
import '../../lib/client/vue.js';

type Vue = InstanceType<GlobalComponents['phone-verify']>['$props'];
type Svelte = SvelteHTMLElements['phone-verify'];

/** The argument of an optional handler. */
type EventOf<Handler> = NonNullable<Handler> extends (event: infer Event) => void ? Event : never;

describe('the types for frameworks', () => {
  it('know the attributes and properties in React, Vue and Svelte', () => {
    expectTypeOf<PhoneVerifyProps['defaultCountry']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<PhoneVerifyIntrinsicProps['default-country']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Vue['countries']>().toExtend<string | readonly string[] | undefined>();
    expectTypeOf<Svelte['client']>().toEqualTypeOf<PhoneVerifyClient | undefined>();
    expectTypeOf<PhoneVerifyLocale>().toExtend<NonNullable<PhoneVerifyProps['texts']>>();
  });

  it('know the events in React, Vue and Svelte', () => {
    expectTypeOf<EventOf<PhoneVerifyProps['onVerified']>['detail']>().toEqualTypeOf<PhoneVerifyVerified>();
    expectTypeOf<EventOf<PhoneVerifyIntrinsicProps['onverified']>['detail']>().toEqualTypeOf<PhoneVerifyVerified>();
    expectTypeOf<EventOf<Vue['onVerified']>['detail']>().toEqualTypeOf<PhoneVerifyVerified>();
    expectTypeOf<EventOf<Svelte['onverified']>['detail']>().toEqualTypeOf<PhoneVerifyVerified>();
  });

  it('refuse what is not a property', () => {
    // @ts-expect-error The element has no such property.
    const props: PhoneVerifyProps = { defaultCuontry: 'DE' };

    expectTypeOf(props).toExtend<PhoneVerifyProps>();
  });
});
