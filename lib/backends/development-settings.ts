import { optionNames } from '../common/option-names.js';
import { ConsoleBackend, type ConsoleBackendOptions } from './console.backend.js';
import { checkBackendOptions } from './provider/provider-options.js';
import { SandboxBackend, type SandboxBackendOptions } from './sandbox.backend.js';

const SETTINGS: ReadonlyMap<unknown, readonly string[]> = new Map<unknown, readonly string[]>([
  [SandboxBackend, optionNames<SandboxBackendOptions>({ sandboxToken: true, allowInProduction: true })],
  [ConsoleBackend, optionNames<ConsoleBackendOptions>({ allowInProduction: true })],
]);

/**
 * Refuses unknown settings of a backend for development, where it is configured. Its constructor cannot: a test that
 * overrides another backend with it builds it with the settings of that other backend.
 *
 * @throws {@link PhoneVerifyConfigurationError} with all unknown settings.
 */
export function checkDevelopmentSettings(type: unknown, options: object): void {
  const known = SETTINGS.get(type);
  if (known !== undefined) checkBackendOptions(options, known, () => undefined);
}
