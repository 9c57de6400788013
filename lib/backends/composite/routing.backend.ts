import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { BulkSendResult } from '../base.backend.js';
import type { ReportedSend } from '../module-aware.backend.js';
import type { ChildBackendOptions } from './child-options.js';
import type { Child } from './child.js';
import { CompositeBackend } from './composite.backend.js';
import { readRoutes, type Routes } from './routes.js';

/**
 * A backend for the numbers of some countries, and for those that begin with some prefixes.
 *
 * @publicApi
 */
export interface RouteOptions extends ChildBackendOptions {
  /** Countries, ISO 3166-1 alpha-2 in capitals. `GB` includes `GG`, `JE` and `IM`, unless they have a route. */
  readonly countries?: readonly string[];
  /** First digits of numbers in E.164, such as `+1787`. */
  readonly prefixes?: readonly string[];
}

/**
 * Settings of {@link RoutingBackend}.
 *
 * @publicApi
 */
export interface RoutingBackendOptions {
  /** The longest matching prefix decides, then the country. */
  readonly routes: readonly RouteOptions[];
  /** The backend for all other numbers. */
  readonly otherwise: ChildBackendOptions;
}

/**
 * Sends through the backend that is responsible for the number, by prefix or country.
 *
 * @publicApi
 */
@Injectable()
export class RoutingBackend extends CompositeBackend<RoutingBackendOptions> {
  readonly #routes: Routes;

  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors, those of the backends inside included. */
  constructor(options: RoutingBackendOptions) {
    super(options);
    this.#routes = readRoutes(options);
  }

  protected override get children(): readonly Child[] {
    return this.#routes.children;
  }

  /** @internal */
  protected override async sendInside(sending: ReportedSend): Promise<SendReceipt> {
    const child = this.#routes.find(sending.number, sending.send?.country);
    return child.send(sending, child.limitMs);
  }

  /**
   * Sends one message to many numbers. Each backend gets its numbers in one call. Every number is tried; a failure is in
   * its item.
   */
  override async sendBulkSms(numbers: readonly string[], message: string): Promise<BulkSendResult> {
    this.ensurePrepared();
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
    const missing = new SmsDeliveryError('unknown', 'The backend returned no result for this number.');
    return numbers.map((number) => results.get(number) ?? { number, error: missing });
  }
}
