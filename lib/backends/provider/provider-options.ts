import { OptionReader } from '../../common/option-reader.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';

/**
 * Settings that every provider backend takes.
 *
 * @publicApi
 */
export interface ProviderOptions {
  /** Where the provider's API is, `https://…`: a region's address or a proxy. Default: the provider's own. */
  readonly baseUrl?: string;
  /** Longest call in milliseconds, 1 to 600 000. Can only shorten the module's `delivery.timeoutMs`. Default: none. */
  readonly timeoutMs?: number;
}

/** How long a call may take, in milliseconds. */
export const TIMEOUT_RANGE = { from: 1, to: 600_000 };

/**
 * Checks a backend's own settings.
 *
 * @param known - Names of all settings.
 * @param check - Notes the faults of each.
 * @throws {@link PhoneVerifyConfigurationError} with every fault, by name and without the values: they are credentials.
 */
export function checkBackendOptions(
  options: unknown,
  known: readonly string[],
  check: (reader: OptionReader) => void,
): void {
  const faults: string[] = [];
  const reader = new OptionReader(typeof options === 'object' && options !== null ? options : {}, faults, 'options.');
  reader.refuseUnknown(known);
  check(reader);
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
}

/** {@link checkBackendOptions} for a provider: what {@link ProviderOptions} names is known and checked too. */
export function checkProviderOptions(
  options: unknown,
  own: readonly string[],
  check: (reader: OptionReader) => void,
): void {
  checkBackendOptions(options, [...own, 'baseUrl', 'timeoutMs'], (reader) => {
    check(reader);
    reader.url('baseUrl');
    reader.integer('timeoutMs', TIMEOUT_RANGE, TIMEOUT_RANGE.to);
  });
}
