'use client';

import {
  createElement,
  type DetailedHTMLProps,
  type ForwardedRef,
  forwardRef,
  type HTMLAttributes,
  type ReactElement,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import type {
  PhoneVerifyAttributes,
  PhoneVerifyHandlers,
  PhoneVerifyListeners,
  PhoneVerifyProperties,
} from './element/phone-verify.props.js';
import { definePhoneVerify, type PhoneVerifyElement, type PhoneVerifyEventMap } from './index.js';

type Html = HTMLAttributes<PhoneVerifyElement>;

/**
 * What `<phone-verify>` itself takes in JSX.
 *
 * @publicApi
 */
export type PhoneVerifyIntrinsicProps = DetailedHTMLProps<
  Html & PhoneVerifyAttributes & PhoneVerifyListeners & PhoneVerifyProperties,
  PhoneVerifyElement
>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'phone-verify': PhoneVerifyIntrinsicProps;
    }
  }
}

/**
 * Props of {@link PhoneVerify}: the properties of the element, handlers of its events, and what every HTML element takes.
 *
 * @publicApi
 */
export interface PhoneVerifyProps
  extends Omit<Html, keyof PhoneVerifyProperties>, PhoneVerifyHandlers, PhoneVerifyProperties {}

type Ref = RefObject<PhoneVerifyElement | null>;

/** What is set as a property, because no attribute can hold it. */
type Objects = Pick<PhoneVerifyProperties, 'beforeSend' | 'client' | 'texts'>;

definePhoneVerify();

/** Before the browser paints; there is no such moment on a server. */
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/**
 * `<phone-verify>` as a component, for React 18 and 19. It registers the element.
 *
 * @example
 * ```tsx
 * <PhoneVerify baseUrl="/phone" onVerified={({ detail }) => signUp(detail.verificationToken)} />
 * ```
 *
 * @publicApi
 */
export const PhoneVerify = forwardRef(function PhoneVerify(
  { beforeSend, client, texts, onSent, onVerified, onFailed, ...others }: PhoneVerifyProps,
  forwarded: ForwardedRef<PhoneVerifyElement>,
): ReactElement {
  const element: Ref = useRef<PhoneVerifyElement | null>(null);
  useImperativeHandle<PhoneVerifyElement | null, PhoneVerifyElement | null>(forwarded, () => element.current, []);
  useEarlyEffect(() => set(element, { beforeSend }), [beforeSend]);
  useEarlyEffect(() => set(element, { client }), [client]);
  useEarlyEffect(() => set(element, { texts }), [texts]);
  useEarlyEffect(() => listen(element, 'phone-verify-sent', onSent), [onSent]);
  useEarlyEffect(() => listen(element, 'phone-verify-verified', onVerified), [onVerified]);
  useEarlyEffect(() => listen(element, 'phone-verify-error', onFailed), [onFailed]);
  return createElement('phone-verify', { ...attributesOf(others), ref: element });
});

/** Attributes, which a server renders too. React 18 knows no others on this element. */
function attributesOf({
  autoSubmit,
  baseUrl,
  className,
  countries,
  defaultCountry,
  disabled,
  preferredCountries,
  required,
  ...others
}: Omit<PhoneVerifyProps, keyof Objects | keyof PhoneVerifyHandlers>): object {
  return {
    ...others,
    'auto-submit': autoSubmit === false ? 'off' : undefined,
    'base-url': baseUrl,
    class: className,
    countries: countries?.toString(),
    'default-country': defaultCountry,
    disabled: disabled || undefined,
    'preferred-countries': preferredCountries?.toString(),
    required: required || undefined,
  };
}

function set({ current }: Ref, objects: Objects): void {
  if (current !== null) Object.assign(current, objects);
}

function listen<Type extends keyof PhoneVerifyEventMap>(
  { current }: Ref,
  type: Type,
  handler: ((event: PhoneVerifyEventMap[Type]) => void) | undefined,
): (() => void) | undefined {
  if (current === null || handler === undefined) return undefined;
  const ending = new AbortController();
  current.addEventListener(type, handler, ending);
  return () => ending.abort();
}
