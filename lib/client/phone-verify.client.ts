import { type PhoneVerifyVerified, readFailure, readSent, readVerified } from './answers.js';
import { PhoneVerifyClientError } from './client-error.js';
import { type PhoneVerifyStorage, SessionMemory, secondsLeft, type SessionRecord } from './session-record.js';
import { type Fetch, post, responseInvalid, type WireAnswer, type WireOptions } from './wire.js';

/**
 * Settings of {@link PhoneVerifyClient}; all of them have a default.
 *
 * @publicApi
 */
export interface PhoneVerifyClientOptions {
  /** Where the routes are: the module's `path` behind the application's prefix. Default `'/phone'`. */
  readonly baseUrl?: string | undefined;
  /** Default: the browser's. */
  readonly fetch?: Fetch | undefined;
  /** Where the open session outlives a reload. Default: the browser's `sessionStorage`; `null` for none. */
  readonly storage?: PhoneVerifyStorage | null | undefined;
  /** What the number is verified for, where the server knows `purposes`. Default: nothing in particular. */
  readonly purpose?: string | undefined;
  /** Language of the message, such as `'pt-BR'`. Default: what the browser asks for by itself. */
  readonly language?: string | undefined;
  /** Longest wait for an answer in milliseconds. Default 30 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * An open session. It does not change; the seconds are those from when it was read.
 *
 * @publicApi
 */
export interface PhoneVerifySession {
  /** As it was given to `register`. */
  readonly phoneNumber: string;
  /** Characters in the code. */
  readonly codeLength: number;
  /** Whether a message went out; `false` after `sms_delivery_failed` on `register`. */
  readonly isSent: boolean;
  /** Whole seconds until the session is over. */
  readonly expiresIn: number;
  /** Whole seconds until a resend is allowed; 0 when it is. */
  readonly resendIn: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Answers to `resend` after which the session is of no more use. */
const RESEND_ENDS: ReadonlySet<string> = new Set([
  'security_code_invalid',
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
]);

/** Answers to `verify` after which the session is of no more use. */
const CHECK_ENDS: ReadonlySet<string> = new Set([
  'security_code_expired',
  'security_code_verified',
  'security_code_too_many_attempts',
]);

/**
 * Speaks with the three routes from a browser, and keeps the open session, so that a reload goes on with it. Calls that
 * are the same as one under way share its request.
 *
 * @publicApi
 */
export class PhoneVerifyClient {
  readonly #wire: WireOptions;
  readonly #purpose: { purpose?: string };
  readonly #memory: SessionMemory;
  readonly #sends = new Map<string, Promise<PhoneVerifySession>>();
  readonly #checks = new Map<string, Promise<PhoneVerifyVerified>>();
  /** Which `register` was the last, sent or not: the answer to an earlier one must not take its place. */
  #turn = 0;

  constructor(options: PhoneVerifyClientOptions = {}) {
    const { baseUrl = '/phone', purpose, language, storage, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#wire = { baseUrl: baseUrl.replace(/\/+$/, ''), fetch, language, timeoutMs };
    this.#purpose = purpose === undefined ? {} : { purpose };
    this.#memory = new SessionMemory(storage, `phone-verify ${this.#wire.baseUrl} ${purpose ?? ''}`);
  }

  /** The open session; `undefined` when there is none or its time is over. */
  get session(): PhoneVerifySession | undefined {
    const { record } = this.#memory;
    const session = record && describe(record);
    return session?.expiresIn === 0 ? undefined : session;
  }

  /**
   * Sends a code to a number. Where a session for this number is open, goes on with it: nothing is sent before a resend
   * is allowed, and then the same code again. Another number opens another session.
   *
   * @param phoneNumber - In any usual form, with `+` unless the server has a default country.
   * @throws {@link PhoneVerifyClientError}; after `sms_delivery_failed` the session is kept, so that another `register` or
   * `resend` tries it again.
   */
  register(phoneNumber: string): Promise<PhoneVerifySession> {
    const call = `register ${phoneNumber}`;
    // What another number has under way is not shared: the last number counts.
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
        // A session that is over makes place for a new one, where no later call has; any other failure is told.
        if (this.#memory.record === undefined && turn === this.#turn) return this.#open(phoneNumber, turn);
        throw error;
      }
    });
  }

  /**
   * Sends the code of the open session again.
   *
   * @throws {@link PhoneVerifyClientError}; `security_code_…` when the session is over, which is then forgotten.
   */
  resend(): Promise<PhoneVerifySession> {
    return share(this.#sends, 'resend', async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const answer = await this.#post('resend', { phone_number: phoneNumber, session_token: sessionToken });
      if (answer.status === 200) return this.#keep(record, sentRecord(phoneNumber, answer));
      const error = readFailure(answer);
      if (RESEND_ENDS.has(error.code)) this.#end(record);
      else if (error.retryAfter !== undefined) this.#keep(record, postponed(record, error.retryAfter));
      throw error;
    });
  }

  /**
   * Checks a code. The session is forgotten when the number is verified, and when no code can verify it any more.
   *
   * @throws {@link PhoneVerifyClientError}; `security_code_invalid` with `attemptsLeft`, 0 of which end the session.
   */
  verify(securityCode: string): Promise<PhoneVerifyVerified> {
    return share(this.#checks, `verify ${securityCode}`, async () => {
      const record = this.#required();
      const { phoneNumber, sessionToken } = record;
      const body = { phone_number: phoneNumber, session_token: sessionToken, security_code: securityCode };
      const answer = await this.#post('verify', body);
      if (answer.status === 200) {
        const verified = readVerified(answer.body);
        if (verified === undefined) throw responseInvalid(200);
        this.#end(record);
        return verified;
      }
      const error = readFailure(answer);
      if (CHECK_ENDS.has(error.code) || error.attemptsLeft === 0) this.#end(record);
      throw error;
    });
  }

  /** Forgets the open session; the server is not asked. */
  forget(): void {
    this.#turn += 1;
    this.#sends.clear();
    this.#checks.clear();
    this.#memory.forget();
  }

  async #open(phoneNumber: string, turn: number): Promise<PhoneVerifySession> {
    const answer = await this.#post('register', { phone_number: phoneNumber });
    if (answer.status === 200) {
      const record = sentRecord(phoneNumber, answer);
      if (turn === this.#turn) this.#memory.keep(record);
      return describe(record);
    }
    const error = readFailure(answer);
    const sent = error.code === 'sms_delivery_failed' ? readSent(answer.body) : undefined;
    if (sent !== undefined && turn === this.#turn) {
      this.#memory.keep({ ...sent, phoneNumber, isSent: false, receivedAt: Date.now() });
    }
    throw error;
  }

  #required(): SessionRecord {
    const { record } = this.#memory;
    if (record !== undefined) return record;
    throw new PhoneVerifyClientError('session_missing', 'No session is open: register first.');
  }

  /** Takes what is new about a session, unless another one took its place meanwhile. */
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

  #post(path: string, body: object): Promise<WireAnswer> {
    return post(this.#wire, path, { ...body, ...this.#purpose });
  }
}

/** Runs a call; one that is under way already is shared, so that a double click sends once. */
function share<Result>(calls: Map<string, Promise<Result>>, call: string, run: () => Promise<Result>): Promise<Result> {
  const underWay = calls.get(call);
  if (underWay !== undefined) return underWay;
  const promise = run().finally(() => {
    if (calls.get(call) === promise) calls.delete(call);
  });
  calls.set(call, promise);
  return promise;
}

function sentRecord(phoneNumber: string, { status, body }: WireAnswer): SessionRecord {
  const sent = readSent(body);
  if (sent === undefined) throw responseInvalid(status);
  return { ...sent, phoneNumber, isSent: true, receivedAt: Date.now() };
}

/** The same session, whose resend is further away. */
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
