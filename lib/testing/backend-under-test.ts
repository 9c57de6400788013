import type { BackendClass } from '../backends/backend.options.js';
import type { BaseBackend } from '../backends/base.backend.js';
import type { SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';

/**
 * A way in which the provider that a test plays does not take a message: a kind of failure, or `hanging`, which reads
 * requests and never answers.
 *
 * @publicApi
 */
export type ProviderScenario = SmsDeliveryErrorKind | 'hanging';

/**
 * A message as it arrived at the provider that a test plays.
 *
 * @publicApi
 */
export interface DeliveredMessage {
  /** With its `+` or without. */
  readonly number: string;
  /** The whole text. */
  readonly message: string;
  /** The id that the provider gave it; the receipt must have the same. */
  readonly messageId?: string | undefined;
}

/**
 * A backend, and the provider that the test plays for it. Only `backend` is required; whatever else is given is checked
 * too. At first the provider takes every message.
 *
 * @publicApi
 */
export interface BackendUnderTest {
  /** The class, built as `new Class(options)`, or a ready instance. */
  readonly backend: BackendClass | BaseBackend<unknown>;
  /** The backend's own settings, for a class. Default `{}`. */
  readonly options?: object;
  /** Texts in the settings that nothing may show. */
  readonly credentials?: readonly string[];
  /** Answers what arrived at the provider so far. */
  readonly messages?: () => readonly DeliveredMessage[];
  /**
   * Each makes the provider behave in this way from now on. It is told what is about to be sent, so that the provider
   * can repeat it, as real ones do: the error must show neither code nor number all the same.
   */
  readonly scenarios?: {
    readonly [Name in ProviderScenario]?: (sent: DeliveredMessage) => void | Promise<void>;
  };
  /** Called at the end of each test, such as to close a server. */
  readonly close?: () => void | Promise<void>;
}

/**
 * Makes a backend and its provider anew for each test.
 *
 * @publicApi
 */
export type BackendFactory = () => BackendUnderTest | Promise<BackendUnderTest>;
