import type { OptionReader } from '../common/option-reader.js';
import { optionNames } from '../common/option-names.js';

/**
 * Options of the events, see {@link PhoneVerifyOptions.events}.
 *
 * @publicApi
 */
export interface EventOptions {
  /** Whether listeners get full phone numbers instead of masked ones. Default `false`. */
  fullNumbers?: boolean;
}

const NAMES = optionNames<EventOptions>({ fullNumbers: true });

/** Reads {@link EventOptions}. */
export function readEvents(options: OptionReader): Readonly<Required<EventOptions>> {
  return Object.freeze({ fullNumbers: options.nested('events', NAMES).boolean('fullNumbers', false) });
}
