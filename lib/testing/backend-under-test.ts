import type { BackendClass } from '../backends/backend.options.js';
import type { BaseBackend } from '../backends/base.backend.js';
import type { SmsDeliveryErrorKind } from '../common/sms-delivery.error.js';

/**
 * A way in which the simulated provider fails: a kind of failure, or `hanging`, which reads requests and never responds.
 *
 * @publicApi
 */
export type ProviderScenario = SmsDeliveryErrorKind | 'hanging';

/**
 * A message as it arrived at the simulated provider.
 *
 * @publicApi
 */
export interface DeliveredMessage {
  /** With or without `+`. */
  readonly number: string;
  /** The whole text. */
  readonly message: string;
  /** The id that the provider assigned; the receipt must have the same. */
  readonly messageId?: string | undefined;
}

/**
 * A backend and its simulated provider. Only `backend` is required; what else is given is checked too. Initially the
 * provider accepts every message.
 *
 * @publicApi
 */
export interface BackendUnderTest {
  /** The class, built as `new Class(options)`, or an instance. */
  readonly backend: BackendClass | BaseBackend<unknown>;
  /** Settings for a class. Default `{}`. */
  readonly options?: object;
  /** Secret texts in the settings: nothing may show them. */
  readonly credentials?: readonly string[];
  /** Returns the messages that have arrived at the provider. */
  readonly messages?: () => readonly DeliveredMessage[];
  /**
   * Each switches the provider to this behaviour from now on. It gets the next message, so that the provider can repeat
   * it, as real providers do: even then the error must show neither code nor number.
   */
  readonly scenarios?: {
    readonly [Name in ProviderScenario]?: (sent: DeliveredMessage) => void | Promise<void>;
  };
  /** Called at the end of each test, for example to close a server. */
  readonly close?: () => void | Promise<void>;
}

/**
 * Makes a new backend and provider for each test.
 *
 * @publicApi
 */
export type BackendFactory = () => BackendUnderTest | Promise<BackendUnderTest>;
