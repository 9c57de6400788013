import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../common/send-receipt.js';
import { BaseBackend } from './base.backend.js';
import { refuseInProduction } from './development-only.js';

/**
 * Settings of {@link ConsoleBackend}.
 *
 * @publicApi
 */
export interface ConsoleBackendOptions {
  /** Lets the backend start whatever `NODE_ENV` says. Default `false`. */
  readonly allowInProduction?: boolean;
}

/**
 * Prints each message, code and full number included, on standard output. For development.
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
