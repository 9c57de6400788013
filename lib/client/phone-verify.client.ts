import { type PhoneVerifyVerified, readFailure, readSent, readVerified } from './responses.js';
import { PhoneVerifyClientError } from './client-error.js';
import { type PhoneVerifyStorage, SessionMemory, secondsLeft, type SessionRecord } from './session-record.js';
import { responseInvalid } from './unexpected-response.js';
import { type Fetch, post, type WireResponse, type WireOptions } from './wire.js';

/**
 * Options of {@link PhoneVerifyClient}. All have defaults.
 *
 * @publicApi
 */
export interface PhoneVerifyClientOptions {
  /** URL of the routes: the application's prefix and the module's `path`. Default `'/phone'`. */
  readonly baseUrl?: string | undefined;
  /** Sends the requests. Default: the browser's `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Where the open session survives a reload. Default: the browser's `sessionStorage`. `null` for none. */
  readonly storage?: PhoneVerifyStorage | null | undefined;
  /** One of the server's `purposes`. Default: none. */
  readonly purpose?: string | undefined;
  /** Language of the message, such as `'pt-BR'`. Default: the browser's own `Accept-Language`. */
  readonly language?: string | undefined;
  /** Maximum time to wait for a response, in milliseconds. Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * A snapshot of an open session: the seconds count from when it was read.
 *
 * @publicApi
 */
export interface PhoneVerifySession {
  /** As it was passed to `register`. */
  readonly phoneNumber: string;
  /** Number of characters in the code. */
  readonly codeLength: number;
  /** Whether a message was sent; `false` after `sms_delivery_failed` on `register`. */
  readonly isSent: boolean;
  /** Whole seconds until the session expires. */
  readonly expiresIn: number;
  /** Whole seconds until a resend is allowed; 0 if it is. */
  readonly resendIn: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Failures of `resend` after which the session cannot be used any more. */
const RESEND_ENDS: ReadonlySet<string> = new Set([
  'security_code_invalid',
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
]);

/** Failures of `verify` after which the session cannot be used any more. */
const CHECK_ENDS: ReadonlySet<string> = new Set([
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
]);

/**
 * Calls the three routes from a browser and stores the open session, so that it survives a reload. A call that is
 * identical to a pending one shares its request.
 *
 * @example
 * ```ts
 * const client = new PhoneVerifyClient({ baseUrl: '/api/phone' });
 * await client.register('+14155552671');
 * const { verificationToken } = await client.verify('123456');
 * ```
 *
 * @publicApi
 */
export class PhoneVerifyClient {
  readonly #wire: WireOptions;
  readonly #purpose: { purpose?: string };
  readonly #memory: SessionMemory;
  readonly #sends = new Map<string, Promise<PhoneVerifySession>>();
  readonly #checks = new Map<string, Promise<PhoneVerifyVerified>>();
  /** Number of the latest `register`: the response to an earlier one must not replace its session. */
  #turn = 0;

  constructor(options: PhoneVerifyClientOptions = {}) {
    const { baseUrl = '/phone', purpose, language, storage, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#wire = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch, language, timeoutMs };
    this.#purpose = purpose === undefined ? {} : { purpose };
    this.#memory = new SessionMemory(storage, `phone-verify ${this.#wire.baseUrl} ${purpose ?? ''}`);
  }

  /** The open session; `undefined` if there is none or it has expired. */
  get session(): PhoneVerifySession | undefined {
    const { record } = this.#memory;
    const session = record && describe(record);
    return session?.expiresIn === 0 ? undefined : session;
  }

  /**
   * Sends a code to a number. If a session for this number is open, it is continued: nothing is sent before a resend is
   * allowed, and then the same code again. Another number opens another session.
   *
   * @param phoneNumber - In any usual notation, with `+` unless the server has a default country.
   * @returns The open session.
   * @throws {@link PhoneVerifyClientError} for every failure. After `sms_delivery_failed` the session is kept, so that
   *   another `register` or `resend` can send its code.
   */
  register(phoneNumber: string): Promise<PhoneVerifySession> {
    const call = `register ${phoneNumber}`;
    // A pending call for another number is not shared: the latest number wins.
    if (!this.#sends.has(call)) this.#sends.clear();
    return share(this.#sends, call, async () => {
      this.#turn += 1;
      const turn = this.#turn;
      const { session } = this;
      if (session?.phoneNumber !== phoneNumber) return this.#open(phoneNumber, turn);
      if (session.isSent && session.resendIn > 0) return session;
      try {
        return await this.resend();
      } catch (error) {
        // An ended session is replaced by a new one, unless a later call did so. Any other failure is the caller's.
        if (this.#memory.record === undefined && turn === this.#turn) return this.#open(phoneNumber, turn);
        throw error;
      }
    });
  }

  /**
   * Sends the code of the open session again.
   *
   * @returns The open session.
   * @throws {@link PhoneVerifyClientError} for every failure. With `security_code_…` the session has ended, and is
   *   removed.
   */
  resend(): Promise<PhoneVerifySession> {
    return share(this.#sends, 'resend', async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const response = await this.#post('resend', { phone_number: phoneNumber, session_token: sessionToken });
      if (response.status === 200) return this.#keep(record, sentRecord(phoneNumber, response));
      const error = readFailure(response);
      if (RESEND_ENDS.has(error.code)) this.#end(record);
      else if (error.retryAfter !== undefined) this.#keep(record, postponed(record, error.retryAfter));
      throw error;
    });
  }

  /**
   * Checks a code. The session is removed once the number is verified, or once no code can verify it any more.
   *
   * @param securityCode - As the person typed it.
   * @returns The verified number, with its verification token.
   * @throws {@link PhoneVerifyClientError} for every failure. `security_code_invalid` has `attemptsLeft`; at 0 the
   *   session has ended.
   */
  verify(securityCode: string): Promise<PhoneVerifyVerified> {
    return share(this.#checks, `verify ${securityCode}`, async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const body = { phone_number: phoneNumber, session_token: sessionToken, security_code: securityCode };
      const response = await this.#post('verify', body);
      if (response.status === 200) {
        const verified = readVerified(response.body);
        if (verified === undefined) throw responseInvalid(response);
        this.#end(record);
        return verified;
      }
      const error = readFailure(response);
      if (CHECK_ENDS.has(error.code) || error.attemptsLeft === 0) this.#end(record);
      throw error;
    });
  }

  /** Removes the open session from this browser, without a request to the server. */
  forget(): void {
    this.#turn += 1;
    this.#sends.clear();
    this.#checks.clear();
    this.#memory.forget();
  }

  async #open(phoneNumber: string, turn: number): Promise<PhoneVerifySession> {
    const response = await this.#post('register', { phone_number: phoneNumber });
    if (response.status === 200) {
      const record = sentRecord(phoneNumber, response);
      if (turn === this.#turn) this.#memory.keep(record);
      return describe(record);
    }
    const error = readFailure(response);
    const sent = error.code === 'sms_delivery_failed' ? readSent(response.body) : undefined;
    if (sent !== undefined && turn === this.#turn) {
      this.#memory.keep({ ...sent, phoneNumber, isSent: false, receivedAt: Date.now() });
    }
    throw error;
  }

  #required(): SessionRecord {
    const { record } = this.#memory;
    if (record !== undefined) return record;
    throw new PhoneVerifyClientError('session_missing', 'No session is open. Call register first.');
  }

  /** Stores the new state of a session, unless another session has replaced it. */
  #keep(record: SessionRecord, next: SessionRecord): PhoneVerifySession {
    if (this.#isCurrent(record)) this.#memory.keep(next);
    return describe(next);
  }

  #end(record: SessionRecord): void {
    if (this.#isCurrent(record)) this.#memory.forget();
  }

  #isCurrent({ sessionToken }: SessionRecord): boolean {
    return this.#memory.record?.sessionToken === sessionToken;
  }

  #post(path: string, body: object): Promise<WireResponse> {
    return post(this.#wire, path, { ...body, ...this.#purpose });
  }
}

/** Runs a call, or shares the pending identical one, so that a double click sends once. */
function share<Result>(calls: Map<string, Promise<Result>>, call: string, run: () => Promise<Result>): Promise<Result> {
  const pending = calls.get(call);
  if (pending !== undefined) return pending;
  const promise = run().finally(() => {
    if (calls.get(call) === promise) calls.delete(call);
  });
  calls.set(call, promise);
  return promise;
}

function sentRecord(phoneNumber: string, response: WireResponse): SessionRecord {
  const sent = readSent(response.body);
  if (sent === undefined) throw responseInvalid(response);
  return { ...sent, phoneNumber, isSent: true, receivedAt: Date.now() };
}

/** The same session with a later resend. */
function postponed(record: SessionRecord, seconds: number): SessionRecord {
  return { ...record, resendIn: (Date.now() - record.receivedAt) / 1000 + seconds };
}

function describe(record: SessionRecord): PhoneVerifySession {
  const { phoneNumber, codeLength, isSent } = record;
  return {
    phoneNumber,
    codeLength,
    isSent,
    expiresIn: secondsLeft(record, record.expiresIn),
    resendIn: secondsLeft(record, record.resendIn),
  };
}
