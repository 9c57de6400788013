import { Logger } from '@nestjs/common';
import type { IncomingRequest } from '../common/incoming-request.js';
import { redactedCause } from '../common/redaction.js';
import { withinTimeLimit } from '../common/time.js';
import { IpAddress } from '../limits/address.js';
import type { ClientAddress } from '../limits/send-request.js';
import type { ClientAddresses } from './client-address.js';
import { readField } from './http-request.js';
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

/** Seven digits or more, grouped in any way: a phone number that the function wrote in another form than the client. */
const LONG_NUMBER = /\+?\d(?:[\s().-]?\d){6,}/g;

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
    const given = ip === undefined ? undefined : IpAddress.read(ip);
    if (ip !== undefined && given === undefined) this.#report(() => 'it returned an `ip` that is not an IP address');
    // The adapter's own address may be that of a proxy that is not trusted.
    const isOfAdapter = given === undefined || given.text === IpAddress.read(request.ip)?.text;
    return {
      client: isOfAdapter ? this.addresses.read(request) : { ip: given, isUntrustedProxy: false },
      subject: this.#readSubject(subject),
    };
  }

  /** What the function returned: it may have been written without types. */
  async #call(request: IncomingRequest): Promise<{ readonly ip?: unknown; readonly subject?: unknown }> {
    try {
      const identity: unknown = await withinTimeLimit(IDENTIFY_TIMEOUT_MS, () => this.identifyClient(request));
      if (typeof identity === 'object' && identity !== null) return readIdentity(identity);
      this.#report(() => 'it did not return an object { ip, subject }');
    } catch (thrown) {
      this.#report(() => describeFailure(thrown, request));
    }
    return {};
  }

  #readSubject(subject: unknown): string | undefined {
    if (subject === undefined || (typeof subject === 'string' && subject !== '')) return subject;
    this.#report(() => 'it returned a `subject` that is not a string of one or more characters');
    return undefined;
  }

  #report(describe: () => string): void {
    const now = performance.now();
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = now;
    this.#logger.error(
      `identifyClient: ${describe()}. Without a valid \`ip\`, limits.perIp counts the address that the HTTP adapter ` +
        'gives; without a valid `subject`, limits.perSubject does not count the message. Return { ip, subject }, each a ' +
        'string or left out.',
    );
  }
}

/** Getters of a class count too. They may throw. */
function readIdentity(identity: object): { readonly ip: unknown; readonly subject: unknown } {
  return {
    ip: 'ip' in identity ? identity.ip : undefined,
    subject: 'subject' in identity ? identity.subject : undefined,
  };
}

/** An error of the application may contain what the client sent. */
function describeFailure(thrown: unknown, { body }: IncomingRequest): string {
  const sent = ['phone_number', 'session_token'].map((field) => readField(body, field));
  const { name, message } = redactedCause(thrown, { hidden: sent.filter((value) => typeof value === 'string') });
  return `it failed with ${name}: ${message.replace(LONG_NUMBER, '[number]')}`;
}
