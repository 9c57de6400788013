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
  { baseUrl, defaultCountry, client, texts, onSent, onVerified, onFailed, className, ...others }: PhoneVerifyProps,
  forwarded: ForwardedRef<PhoneVerifyElement>,
): ReactElement {
  const element: Ref = useRef<PhoneVerifyElement | null>(null);
  useImperativeHandle<PhoneVerifyElement | null, PhoneVerifyElement | null>(forwarded, () => element.current, []);
  useEarlyEffect(() => set(element, { client }), [client]);
  useEarlyEffect(() => set(element, { texts }), [texts]);
  useEarlyEffect(() => listen(element, 'phone-verify-sent', onSent), [onSent]);
  useEarlyEffect(() => listen(element, 'phone-verify-verified', onVerified), [onVerified]);
  useEarlyEffect(() => listen(element, 'phone-verify-error', onFailed), [onFailed]);
  return createElement('phone-verify', {
    ...others,
    // React 18 sets everything as an attribute.
    class: className,
    'base-url': baseUrl,
    'default-country': defaultCountry,
    ref: element,
  });
});

/** Sets properties, which React 18 does not do. */
function set({ current }: Ref, { client, texts }: Pick<PhoneVerifyProperties, 'client' | 'texts'>): void {
  if (current === null) return;
  if (client !== undefined) current.client = client;
  if (texts !== undefined) current.texts = texts;
}

function listen<Type extends keyof PhoneVerifyEventMap>(
  { current }: Ref,
  type: Type,
  handler: ((event: PhoneVerifyEventMap[Type]) => void) | undefined,
): (() => void) | undefined {
  if (current === null || handler === undefined) return undefined;
  const ending = new AbortController();
  const listener: (event: PhoneVerifyEventMap[Type]) => void = handler;
  current.addEventListener(type, listener, ending);
  return () => ending.abort();
}
