import { Logger } from '@nestjs/common';
import type { IncomingRequest } from '../common/incoming-request.js';
import { redactedCause } from '../common/redaction.js';
import { withinTimeLimit } from '../common/time.js';
import { readAddress } from '../limits/address.js';
import type { ClientAddress } from '../limits/send-request.js';
import type { ClientAddresses } from './client-address.js';
import type { IdentifyClient } from './identify-client.js';

/** The client of a request, for the limits. */
export interface IdentifiedClient {
  readonly client: ClientAddress;
  readonly subject: string | undefined;
}

/** Time limit of `identifyClient`, in milliseconds. */
const IDENTIFY_TIMEOUT_MS = 5000;

/** An error is logged at most this often: clients could cause one with each request. */
const LOG_INTERVAL_MS = 60_000;

/** Calls the application's `identifyClient`, and falls back to the adapter's address. */
export class ClientIdentification {
  readonly #logger = new Logger('PhoneVerify');
  // By the process's monotonic clock.
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly identifyClient: IdentifyClient,
    private readonly addresses: ClientAddresses,
  ) {}

  /** Identifies the client of a request. Never throws. */
  async identify(request: IncomingRequest): Promise<IdentifiedClient> {
    const { ip, subject } = await this.#call(request);
    const given = ip === undefined ? undefined : readAddress(ip);
    if (ip !== undefined && given === undefined) this.#report('it returned an `ip` that is not an IP address');
    return {
      client: given === undefined ? this.addresses.read(request) : { ip: given, isUntrustedProxy: false },
      subject: this.#readSubject(subject),
    };
  }

  /** What the function returned: it may have been written without types. */
  async #call(request: IncomingRequest): Promise<{ readonly ip?: unknown; readonly subject?: unknown }> {
    try {
      const identity: unknown = await withinTimeLimit(IDENTIFY_TIMEOUT_MS, () => this.identifyClient(request));
      if (typeof identity === 'object' && identity !== null) return { ...identity };
      this.#report('it did not return an object { ip, subject }');
    } catch (thrown) {
      const { name, message } = redactedCause(thrown, { hidden: [] });
      this.#report(`it failed with ${name}: ${message}`);
    }
    return {};
  }

  #readSubject(subject: unknown): string | undefined {
    if (subject === undefined || (typeof subject === 'string' && subject !== '')) return subject;
    this.#report('it returned a `subject` that is not a text of one or more characters');
    return undefined;
  }

  #report(fault: string): void {
    const now = performance.now();
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#logger.error(
      `identifyClient: ${fault}. For what is missing, limits.perIp counts the address of the HTTP adapter, and ` +
        'limits.perSubject does not apply. Return { ip, subject }, each a text or left out.',
    );
  }
}
