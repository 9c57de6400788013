import { PhoneVerifyConfigurationError } from '../../lib/index.js';

/** Returns the validation errors of a configuration error that a function throws; none if it throws nothing. */
export function faultsOf(build: () => unknown): readonly string[] {
  try {
    build();
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}
