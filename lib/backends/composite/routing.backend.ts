import { Injectable } from '@nestjs/common';
import type { BulkSendResult, SendContext, SendReceipt } from '../base.backend.js';
import { ALONE, PREPARE, type Preparation } from '../preparation.js';
import { SmsDeliveryError } from '../sms-delivery.error.js';
import type { Child } from './child.js';
import type { ChildBackendOptions } from './child-options.js';
import { CompositeBackend } from './composite.backend.js';
import { readRoutes, type Routes } from './routes.js';

/**
 * The backend for some numbers: those of the countries, and those that begin with a prefix.
 *
 * @publicApi
 */
export interface RouteOptions extends ChildBackendOptions {
  /** Countries, ISO 3166-1 alpha-2 in capitals. `GB` includes `GG`, `JE` and `IM`, unless they have a route. */
  readonly countries?: readonly string[];
  /** Beginnings of numbers in E.164, such as `+1787`. */
  readonly prefixes?: readonly string[];
}

/**
 * Settings of {@link RoutingBackend}.
 *
 * @publicApi
 */
export interface RoutingBackendOptions {
  /** The longest prefix that fits decides, then the country. */
  readonly routes: readonly RouteOptions[];
  /** The backend for all other numbers. */
  readonly otherwise: ChildBackendOptions;
}

/**
 * Sends through the backend that is meant for the number.
 *
 * @publicApi
 */
@Injectable()
export class RoutingBackend extends CompositeBackend<RoutingBackendOptions> {
  readonly #routes: Routes;
  #isPrepared = false;

  /** @throws {@link PhoneVerifyConfigurationError} with every fault, those of the backends inside included. */
  constructor(options: RoutingBackendOptions) {
    super(options);
    this.#routes = readRoutes(options);
  }

  protected override get children(): readonly Child[] {
    return this.#routes.children;
  }

  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt> {
    this.#ensurePrepared();
    const child = this.#routes.find(number, send?.country);
    return child.send(number, message, send, child.limitMs);
  }

  /**
   * Sends one message to many numbers. Each backend gets its numbers in one call. Every number is tried; a failure is in
   * its item.
   *
   * @param numbers - E.164.
   * @param message - The whole text.
   * @returns One item per number, in the order of `numbers`.
   */
  override async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    this.#ensurePrepared();
    const groups = new Map<Child, string[]>();
    for (const number of new Set(numbers)) {
      const child = this.#routes.find(number);
      const group = groups.get(child);
      if (group === undefined) groups.set(child, [number]);
      else group.push(number);
    }
    const results = new Map<string, BulkSendResult[number]>();
    await Promise.all(
      [...groups].map(async ([child, group]) => {
        for (const result of await child.sendBulk(group, message)) results.set(result.number, result);
      }),
    );
    const untold = new SmsDeliveryError('unknown', 'The backend did not say what became of it.');
    return numbers.map((number) => results.get(number) ?? { number, error: untold });
  }

  /** @internal */
  override [PREPARE](preparation: Preparation): number {
    for (const child of this.children) child.prepare({ ...preparation, timeoutMs: preparation.insideTimeoutMs });
    this.#isPrepared = true;
    return Math.max(...this.children.map(({ limitMs }) => limitMs));
  }

  #ensurePrepared(): void {
    if (!this.#isPrepared) this[PREPARE](ALONE);
  }
}
