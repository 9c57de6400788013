import { Injectable } from '@nestjs/common';
import type { PhoneVerifyEvent } from './phone-verify-event.js';

/** Takes one event. What it throws changes nothing. */
export type EventListener = (event: PhoneVerifyEvent) => void;

/** Hands what happens to those inside the library who tell others of it. */
@Injectable()
export class EventPort {
  readonly #listeners: EventListener[] = [];

  /** Adds a listener for the life of the application. */
  subscribe(listener: EventListener): void {
    this.#listeners.push(listener);
  }

  /** Tells every listener. Never throws and never waits. */
  publish(event: PhoneVerifyEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A listener's fault is its own.
      }
    }
  }
}
