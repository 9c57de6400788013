import type { SentState } from './responses.js';
import { isObject } from './received-response.js';

/**
 * Where an open session survives a reload, such as the browser's `sessionStorage`.
 *
 * @publicApi
 */
export type PhoneVerifyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** An open session as it is stored: everything but the code. */
export interface SessionRecord extends SentState {
  /** How the number was written when the session was opened, without punctuation. */
  readonly spelling: string;
  /** Whether a message was sent. */
  readonly isSent: boolean;
  /** Whether the seconds are exact: the clock has not jumped forward since the response arrived. */
  readonly isTimeExact: boolean;
  /** When the response arrived, by this browser's clock. */
  readonly receivedAt: number;
}

/** A session that arrived just now, from the server or from another tab. */
export type ReceivedSession = Omit<SessionRecord, 'isTimeExact' | 'receivedAt'> & {
  readonly isTimeExact?: boolean;
};

/** A difference between the clock and the elapsed time that is no rounding: the clock was set, or the computer slept. */
const CLOCK_CHANGE_MS = 1000;

/**
 * Stores one session: in the page, and in a storage if one is usable. Time that passes is measured, not read from the
 * clock, which may be set meanwhile. Only a reload needs the clock. What most systems measure does not include the time
 * that a computer sleeps. A page cannot tell that from a clock that was set forward, so it knows only the most that can
 * be left then.
 */
export class SessionMemory {
  readonly #storage: PhoneVerifyStorage | undefined;
  readonly #key: string;
  /** What the storage contained last; `undefined` if it is not readable. */
  #stored: string | null | undefined;
  #record: SessionRecord | undefined;
  /** When the response arrived, on the scale of `performance.now()`. */
  #arrival = 0;

  /** @param storage - `undefined` for the browser's `sessionStorage`, `null` for none. */
  constructor(storage: PhoneVerifyStorage | null | undefined, key: string) {
    this.#storage = storage === null ? undefined : (storage ?? browserStorage());
    this.#key = key;
    this.#load(this.#read());
  }

  /** The open session. Another page of the tab may have ended or replaced it while this one was in a cache. */
  get record(): SessionRecord | undefined {
    const stored = this.#read();
    if (stored !== this.#stored) this.#load(stored);
    this.#followClock();
    return this.#record;
  }

  /** Stores a session whose response arrived just now. */
  keep(state: ReceivedSession): void {
    this.#arrival = performance.now();
    this.#store({ isTimeExact: true, ...state, receivedAt: Date.now() });
  }

  /** Changes when the code may be sent again. */
  postpone(seconds: number): void {
    if (this.#record !== undefined) this.#store({ ...this.#record, resendIn: this.#elapsed / 1000 + seconds });
  }

  forget(): void {
    this.#record = undefined;
    this.#remove();
  }

  /** Whole seconds, rounded up, that the session has left. */
  get timeLeft(): Pick<SentState, 'expiresIn' | 'resendIn'> {
    const { expiresIn = 0, resendIn = 0 } = this.#record ?? {};
    return { expiresIn: this.#secondsLeft(expiresIn), resendIn: this.#secondsLeft(resendIn) };
  }

  /** Until the instant that was `seconds` ahead when the response arrived. */
  #secondsLeft(seconds: number): number {
    return Math.max(0, Math.ceil(seconds - this.#elapsed / 1000));
  }

  /** Milliseconds since the response arrived. */
  get #elapsed(): number {
    return performance.now() - this.#arrival;
  }

  #store(record: SessionRecord): void {
    this.#record = record;
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(record));
      this.#stored = this.#read();
    } catch {
      // Blocked or full. What is stored may be an older session, so remove it.
      this.#remove();
    }
  }

  #remove(): void {
    try {
      this.#storage?.removeItem(this.#key);
    } catch {
      // An unreachable storage has nothing to remove.
    }
    this.#stored = this.#read();
  }

  #read(): string | null | undefined {
    try {
      return this.#storage?.getItem(this.#key);
    } catch {
      return undefined;
    }
  }

  #load(stored: string | null | undefined): void {
    this.#stored = stored;
    const record = parseRecord(stored);
    // Setting the clock back must not extend a session.
    const passed = record === undefined ? 0 : Math.max(0, Date.now() - record.receivedAt);
    this.#arrival = performance.now() - passed;
    this.#record = record;
    if (record === undefined || this.timeLeft.expiresIn === 0) this.forget();
  }

  /** Writes the arrival by the clock as it is now, for a page that is loaded later. */
  #followClock(): void {
    const record = this.#record;
    if (record === undefined) return;
    const receivedAt = Date.now() - this.#elapsed;
    const jump = receivedAt - record.receivedAt;
    if (Math.abs(jump) <= CLOCK_CHANGE_MS) return;
    this.#store({ ...record, receivedAt, isTimeExact: record.isTimeExact && jump < 0 });
  }
}

/** Where a browser blocks storage, even reading the property throws. */
function browserStorage(): PhoneVerifyStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** `undefined` if other code wrote it. */
function parseRecord(text: string | null | undefined): SessionRecord | undefined {
  try {
    const record: unknown = JSON.parse(text ?? 'null');
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The type of each field of a session. */
const TYPES: Readonly<Record<keyof SessionRecord, 'boolean' | 'number' | 'string'>> = {
  phoneNumber: 'string',
  spelling: 'string',
  sessionToken: 'string',
  codeFormat: 'string',
  codeLength: 'number',
  expiresIn: 'number',
  resendIn: 'number',
  receivedAt: 'number',
  isSent: 'boolean',
  isTimeExact: 'boolean',
};

/** Whether a value from a storage or from another tab is a session. */
export function isRecord(value: unknown): value is SessionRecord {
  return isObject(value) && Object.entries(TYPES).every(([name, type]) => typeof value[name] === type);
}
