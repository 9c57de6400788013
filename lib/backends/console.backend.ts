import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../common/send-receipt.js';
import { BaseBackend } from './base.backend.js';
import { refuseInProduction } from './development-only.js';

/**
 * Settings of {@link ConsoleBackend}. Unknown settings are a startup error, except where a test overrides another backend
 * with this one, which is then built with that backend's settings.
 *
 * @publicApi
 */
export interface ConsoleBackendOptions {
  /** Whether the backend may start with any `NODE_ENV`. Default `false`. */
  readonly allowInProduction?: boolean;
}

/**
 * Prints each message to standard output, with the code and the full number. For development.
 *
 * @publicApi
 */
@Injectable()
export class ConsoleBackend extends BaseBackend<ConsoleBackendOptions> {
  /** @throws {@link PhoneVerifyConfigurationError} in production. */
  constructor(options: ConsoleBackendOptions) {
    super(options);
    refuseInProduction('ConsoleBackend', options.allowInProduction);
  }

  async sendSms(number: string, message: string): Promise<SendReceipt> {
    process.stdout.write(`Text message to ${number}:\n${message}\n`);
    return { backend: 'ConsoleBackend' };
  }
}
