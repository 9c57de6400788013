import { PhoneVerifyClientError } from './client-error.js';
import { plainNumber } from './element/number-text.js';
import {
  type PhoneVerifyCodeFormat,
  type PhoneVerifyVerified,
  readFailure,
  readSent,
  readVerified,
  type SentState,
} from './responses.js';
import { isSameNumber } from './same-number.js';
import { share } from './shared-calls.js';
import { type PhoneVerifyStorage, SessionMemory, type SessionRecord } from './session-record.js';
import { readCode } from './typed-code.js';
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
 * A snapshot of an open session: the seconds count from when it was read. They follow the time that has passed, not the
 * clock, and the server decides: a code is sent to it even if the session seems to have expired.
 *
 * @publicApi
 */
export interface PhoneVerifySession {
  /** E.164, however it was written. */
  readonly phoneNumber: string;
  /** Number of characters in the code. */
  readonly codeLength: number;
  /** Whether the code consists of digits (`numeric`) or of any characters (`text`). */
  readonly codeFormat: PhoneVerifyCodeFormat;
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
    const session = record && this.#describe(record);
    return session?.expiresIn === 0 ? undefined : session;
  }

  /**
   * Sends a code to a number. If a session for this number is open, however the number was written, it is continued:
   * nothing is sent before a resend is allowed, and then the same code again. Another number opens another session.
   *
   * @param phoneNumber - In any usual notation and in the digits of any script, with `+` unless the server has a default
   *   country.
   * @returns The open session.
   * @throws {@link PhoneVerifyClientError} for every failure. After `sms_delivery_failed` the session is kept, so that
   *   another `register` or `resend` can send its code.
   */
  register(phoneNumber: string): Promise<PhoneVerifySession> {
    const spelling = plainNumber(phoneNumber);
    const call = `register ${spelling}`;
    // A pending call for another number is not shared: the latest number wins.
    if (!this.#sends.has(call)) this.#sends.clear();
    return share(this.#sends, call, async () => {
      this.#turn += 1;
      const turn = this.#turn;
      const { session } = this;
      if (session === undefined || !this.#isOpenFor(spelling)) return this.#open(spelling, turn);
      if (session.isSent && session.resendIn > 0) return session;
      try {
        return await this.resend();
      } catch (error) {
        // An ended session is replaced by a new one, unless a later call did so. Any other failure is the caller's.
        if (this.#memory.record === undefined && turn === this.#turn) return this.#open(spelling, turn);
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
      if (response.status === 200) {
        const sent = readSent(response.body, phoneNumber);
        if (sent === undefined) throw await responseInvalid(response);
        return this.#keep({ ...sent, spelling: record.spelling, isSent: true }, this.#isCurrent(record));
      }
      const error = await readFailure(response);
      if (RESEND_ENDS.has(error.code)) this.#end(record);
      else if (error.retryAfter !== undefined && this.#isCurrent(record)) this.#memory.postpone(error.retryAfter);
      throw error;
    });
  }

  /**
   * Checks a code. The session is removed once the number is verified, or once no code can verify it any more.
   *
   * @param securityCode - As the person typed it. White space is removed; in a code of digits also punctuation, and the
   *   digits of every script become ASCII.
   * @returns The verified number, with its verification token.
   * @throws {@link PhoneVerifyClientError} for every failure. `security_code_invalid` has `attemptsLeft`; at 0 the
   *   session has ended. With `security_code_incomplete` nothing was sent.
   */
  verify(securityCode: string): Promise<PhoneVerifyVerified> {
    return share(this.#checks, `verify ${securityCode}`, async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const code = readCode(securityCode, record);
      const body = { phone_number: phoneNumber, session_token: sessionToken, security_code: code };
      const response = await this.#post('verify', body);
      if (response.status === 200) {
        const verified = readVerified(response.body);
        if (verified === undefined) throw await responseInvalid(response);
        this.#end(record);
        return verified;
      }
      const error = await readFailure(response);
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

  async #open(spelling: string, turn: number): Promise<PhoneVerifySession> {
    const response = await this.#post('register', { phone_number: spelling });
    const sent = readSent(response.body, spelling);
    if (response.status === 200) {
      if (sent === undefined) throw await responseInvalid(response);
      return this.#keep({ ...sent, spelling, isSent: true }, turn === this.#turn);
    }
    const error = await readFailure(response);
    if (error.code === 'sms_delivery_failed' && sent !== undefined) {
      this.#keep({ ...sent, spelling, isSent: false }, turn === this.#turn);
    }
    throw error;
  }

  /** Whether the open session is that of a number. */
  #isOpenFor(spelling: string): boolean {
    const { record } = this.#memory;
    return record !== undefined && (record.spelling === spelling || isSameNumber(spelling, record.phoneNumber));
  }

  #required(): SessionRecord {
    const { record } = this.#memory;
    if (record !== undefined) return record;
    throw new PhoneVerifyClientError('session_missing', 'No session is open. Call register first.');
  }

  /** Stores what a response says, unless a later call has replaced its session. */
  #keep(state: Omit<SessionRecord, 'receivedAt'>, isCurrent: boolean): PhoneVerifySession {
    if (isCurrent) this.#memory.keep(state);
    return snapshot(state, state);
  }

  #end(record: SessionRecord): void {
    if (this.#isCurrent(record)) this.#memory.forget();
  }

  #describe(record: SessionRecord): PhoneVerifySession {
    const expiresIn = this.#memory.secondsLeft(record.expiresIn);
    const resendIn = this.#memory.secondsLeft(record.resendIn);
    return snapshot(record, { expiresIn, resendIn });
  }

  #isCurrent({ sessionToken }: SessionRecord): boolean {
    return this.#memory.record?.sessionToken === sessionToken;
  }

  #post(path: string, body: object): Promise<WireResponse> {
    return post(this.#wire, path, { ...body, ...this.#purpose });
  }
}

function snapshot(
  { phoneNumber, codeLength, codeFormat, isSent }: Omit<SessionRecord, 'receivedAt'>,
  { expiresIn, resendIn }: Pick<SentState, 'expiresIn' | 'resendIn'>,
): PhoneVerifySession {
  return { phoneNumber, codeLength, codeFormat, isSent, expiresIn, resendIn };
}
