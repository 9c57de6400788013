import { type PhoneVerifySendOptions, prepareSend } from './before-send.js';
import { PhoneVerifyClientError } from './client-error.js';
import { plainNumber } from './element/number-text.js';
import type { OtherTabs } from './other-tabs.js';
import { type PhoneVerifySession, snapshotOf } from './phone-verify.session.js';
import { type PhoneVerifyVerified, readFailure, readSent, readVerified } from './responses.js';
import { isSameNumber } from './same-number.js';
import { share } from './shared-calls.js';
import { endsWithCheck, endsWithResend } from './session-endings.js';
import { type PhoneVerifyStorage, type ReceivedSession, SessionMemory, type SessionRecord } from './session-record.js';
import { requireCode } from './typed-code.js';
import { responseInvalid } from './unexpected-response.js';
import { type Fetch, post, type WireOptions, type WireRequest, type WireResponse } from './wire.js';

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

const DEFAULT_TIMEOUT_MS = 30_000;

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
  readonly #name: string;
  /** A page that has no session, and needs none of another tab, does not load them. */
  #tabs: Promise<OtherTabs | undefined> | undefined;
  readonly #sends = new Map<string, Promise<PhoneVerifySession>>();
  readonly #checks = new Map<string, Promise<PhoneVerifyVerified>>();
  /** Number of the latest `register`: the response to an earlier one must not replace its session. */
  #turn = 0;

  constructor(options: PhoneVerifyClientOptions = {}) {
    const { baseUrl = '/phone', purpose, language, storage, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#wire = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch, language, timeoutMs };
    this.#purpose = purpose === undefined ? {} : { purpose };
    this.#name = `phone-verify ${this.#wire.baseUrl} ${purpose ?? ''}`;
    this.#memory = new SessionMemory(storage, this.#name);
    if (this.#memory.record !== undefined) void this.#answerTabs();
  }

  /** The open session; `undefined` if there is none or it has expired. */
  get session(): PhoneVerifySession | undefined {
    const { record } = this.#memory;
    const session = record && snapshotOf(record, this.#memory.timeLeft);
    return session?.expiresIn === 0 ? undefined : session;
  }

  /**
   * Sends a code to a number. If a session for this number is open, in any spelling with its calling code, it is continued:
   * nothing is sent before a resend is allowed, and then the same code again. Another number opens another session. If
   * the server refuses because a message has just been sent for another tab of this browser, that tab's session is
   * continued.
   *
   * @param phoneNumber - In any usual notation and in the digits of any script, with `+` unless the server has a default
   *   country.
   * @param options - Of the message, if one is sent. A call that shares another's request has no effect by itself.
   * @returns The open session.
   * @throws {@link PhoneVerifyClientError} for every failure. After `sms_delivery_failed` the session is kept, so that
   *   another `register` or `resend` can send its code.
   */
  register(phoneNumber: string, options: PhoneVerifySendOptions = {}): Promise<PhoneVerifySession> {
    const spelling = plainNumber(phoneNumber);
    const call = `register ${spelling}`;
    // A pending call for another number is not shared: the latest number wins.
    if (!this.#sends.has(call)) {
      const resend = this.#isOpenFor(spelling) ? this.#sends.get('resend') : undefined;
      this.#sends.clear();
      if (resend !== undefined) this.#sends.set('resend', resend);
    }
    return share(this.#sends, call, async () => {
      this.#turn += 1;
      const turn = this.#turn;
      const { session } = this;
      if (session === undefined || !this.#isOpenFor(spelling)) return this.#open(spelling, turn, options);
      if (session.isSent && session.resendIn > 0) return session;
      try {
        return await this.resend(options);
      } catch (error) {
        // An ended session is replaced by a new one, unless a later call did so. Any other failure is the caller's.
        if (this.#memory.record === undefined && turn === this.#turn) return this.#open(spelling, turn, options);
        throw error;
      }
    });
  }

  /**
   * Sends the code of the open session again.
   *
   * @param options - Of the message.
   * @returns The open session.
   * @throws {@link PhoneVerifyClientError} for every failure. With `security_code_…` the session has ended, and is
   *   removed.
   */
  resend({ beforeSend, onSent }: PhoneVerifySendOptions = {}): Promise<PhoneVerifySession> {
    return share(this.#sends, 'resend', async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const send = { phoneNumber, isResend: true };
      const headers = beforeSend && (await prepareSend(beforeSend, send, () => this.#isCurrent(record)));
      const body = { phone_number: phoneNumber, session_token: sessionToken };
      const response = await this.#post('resend', body, headers);
      if (response.status === 200) {
        const sent = readSent(response.body, phoneNumber);
        if (sent === undefined) throw await responseInvalid(response);
        const session = this.#keep({ ...sent, spelling: record.spelling, isSent: true }, this.#isCurrent(record));
        onSent?.();
        return session;
      }
      const error = await readFailure(response);
      if (endsWithResend(error)) this.#end(record);
      else if (error.retryAfter !== undefined && this.#isCurrent(record)) this.#memory.postpone(error.retryAfter);
      throw error;
    });
  }

  /**
   * Checks a code. The session is removed once the number is verified, or once no code can verify it any more.
   *
   * @param securityCode - As the person typed or pasted it, also within a message. White space is removed; in a code of
   *   digits also punctuation, and the digits of every script become ASCII.
   * @returns The verified number, with its verification token.
   * @throws {@link PhoneVerifyClientError} for every failure. `security_code_invalid` has `attemptsLeft`; at 0 the
   *   session has ended. With `security_code_incomplete` nothing was sent.
   */
  verify(securityCode: string): Promise<PhoneVerifyVerified> {
    return share(this.#checks, `verify ${securityCode}`, async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const code = requireCode(securityCode, record);
      const body = { phone_number: phoneNumber, session_token: sessionToken, security_code: code };
      const response = await this.#post('verify', body);
      if (response.status === 200) {
        const verified = readVerified(response.body);
        if (verified === undefined) throw await responseInvalid(response);
        this.#end(record);
        return verified;
      }
      const error = await readFailure(response);
      if (endsWithCheck(error)) this.#end(record);
      throw error;
    });
  }

  /** Removes the open session from this browser, without a request to the server. */
  forget(): void {
    this.#turn += 1;
    this.#sends.clear();
    this.#checks.clear();
    this.#forget();
  }

  async #open(
    spelling: string,
    turn: number,
    { beforeSend, onSent }: PhoneVerifySendOptions,
  ): Promise<PhoneVerifySession> {
    const send = { phoneNumber: spelling, isResend: false };
    const headers = beforeSend && (await prepareSend(beforeSend, send, () => turn === this.#turn));
    const response = await this.#post('register', { phone_number: spelling }, headers);
    const sent = readSent(response.body, spelling);
    if (response.status === 200) {
      if (sent === undefined) throw await responseInvalid(response);
      const session = this.#keep({ ...sent, spelling, isSent: true }, turn === this.#turn);
      onSent?.();
      return session;
    }
    const error = await readFailure(response);
    if (error.code === 'sms_delivery_failed' && sent !== undefined) {
      this.#keep({ ...sent, spelling, isSent: false }, turn === this.#turn);
    }
    const isToWait = error.code === 'rate_limited' && error.retryAfter !== undefined;
    const other = isToWait ? await (await this.#loadTabs())?.ask(spelling) : undefined;
    if (other !== undefined) return this.#keep({ ...other, spelling }, turn === this.#turn);
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
    throw new PhoneVerifyClientError('session_missing', 'Call register first.');
  }

  /** Stores what a response says, unless a later call has replaced its session. */
  #keep(state: ReceivedSession, isCurrent: boolean): PhoneVerifySession {
    if (isCurrent) {
      this.#memory.keep(state);
      void this.#answerTabs();
    }
    return snapshotOf(state, state);
  }

  #end(record: SessionRecord): void {
    if (this.#isCurrent(record)) this.#forget();
  }

  #forget(): void {
    this.#memory.forget();
    void this.#tabs?.then((tabs) => tabs?.close());
  }

  async #answerTabs(): Promise<void> {
    const tabs = await this.#loadTabs();
    if (this.#memory.record !== undefined) tabs?.answer();
  }

  /** Without the file, a second tab has to wait as another browser has. */
  #loadTabs(): Promise<OtherTabs | undefined> {
    this.#tabs ??= import('./other-tabs.js').then(
      (file) => new file.OtherTabs(this.#name, (spelling) => this.#sentTo(spelling)),
      () => (this.#tabs = undefined),
    );
    return this.#tabs;
  }

  /** The open session of a number that was sent a message. */
  #sentTo(spelling: string): SessionRecord | undefined {
    const { record, timeLeft } = this.#memory;
    const isShared = record?.isSent === true && timeLeft.expiresIn > 0 && this.#isOpenFor(spelling);
    return isShared ? { ...record, ...timeLeft } : undefined;
  }

  #isCurrent({ sessionToken }: SessionRecord): boolean {
    return this.#memory.record?.sessionToken === sessionToken;
  }

  #post(path: string, body: object, headers?: WireRequest['headers']): Promise<WireResponse> {
    return post(this.#wire, { path, body: { ...body, ...this.#purpose }, headers });
  }
}
