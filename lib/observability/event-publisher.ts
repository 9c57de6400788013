import { Injectable } from '@nestjs/common';
import type { PhoneVerifyEvent } from './phone-verify-event.js';

/** Receives one event. Its errors are ignored. */
export type EventListener = (event: PhoneVerifyEvent) => void;

/** Publishes events to the listeners inside the library: event emission and metrics. */
@Injectable()
export class EventPublisher {
  readonly #listeners: EventListener[] = [];

  /** Adds a listener, which is never removed. */
  subscribe(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Calls every listener. Never throws and never waits. */
  publish(event: PhoneVerifyEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A failing listener must not affect the request.
      }
    }
  }
}
