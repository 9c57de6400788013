import { PhoneVerifyConfigurationError } from '../../lib/index.js';

/** What an attempt to build something says is wrong with its settings; nothing when it is built. */
export function faultsOf(build: () => unknown): readonly string[] {
  try {
    build();
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}
