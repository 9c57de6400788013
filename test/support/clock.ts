import type { Clock } from '../../lib/common/time.js';

/** A clock that only the test advances. It starts at the real time, so that it agrees with other processes. */
export class TestClock implements Clock {
  #now = Date.now();

  now(): number {
    return this.#now;
  }

  set(instant: number): void {
    this.#now = instant;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }
}
