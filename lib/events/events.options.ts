import type { OptionReader } from '../common/option-reader.js';

/**
 * How events are told, see {@link PhoneVerifyOptions.events}.
 *
 * @publicApi
 */
export interface EventOptions {
  /** Whether listeners are given whole phone numbers in place of masked ones. Default `false`. */
  fullNumbers?: boolean;
}

/** Reads {@link EventOptions}. */
export function readEvents(options: OptionReader): Readonly<Required<EventOptions>> {
  return Object.freeze({ fullNumbers: options.nested('events', ['fullNumbers']).boolean('fullNumbers', false) });
}
