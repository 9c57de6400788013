import type { SentAnswer } from './answers.js';
import { isObject } from './wire.js';

/**
 * Where an open session outlives a reload; the browser's `sessionStorage` is one.
 *
 * @publicApi
 */
export type PhoneVerifyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** An open session as it is kept: everything but the code. */
export interface SessionRecord extends SentAnswer {
  /** As it was registered. */
  readonly phoneNumber: string;
  /** Whether a message went out. */
  readonly isSent: boolean;
  /** When the answer arrived, by this browser's clock: the seconds count from there, whatever the time really is. */
  readonly receivedAt: number;
}

/** Keeps one session, in the page and, where there is one that works, in a storage. */
export class SessionMemory {
  readonly #storage: PhoneVerifyStorage | undefined;
  readonly #key: string;
  #record: SessionRecord | undefined;

  /** @param storage - `undefined` for the browser's `sessionStorage`, `null` for none. */
  constructor(storage: PhoneVerifyStorage | null | undefined, key: string) {
    this.#storage = storage === null ? undefined : (storage ?? browserStorage());
    this.#key = key;
    this.#record = this.#load();
  }

  get record(): SessionRecord | undefined {
    return this.#record;
  }

  keep(record: SessionRecord): void {
    this.#record = record;
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(record));
    } catch {
      // Blocked or full: what is stored would be an older session.
      this.#remove();
    }
  }

  forget(): void {
    this.#record = undefined;
    this.#remove();
  }

  #remove(): void {
    try {
      this.#storage?.removeItem(this.#key);
    } catch {
      // Nothing can be removed where nothing can be reached.
    }
  }

  #load(): SessionRecord | undefined {
    try {
      const record: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? 'null');
      if (isRecord(record) && secondsLeft(record, record.expiresIn) > 0) return record;
    } catch {
      // Out of reach, or written by something else.
    }
    this.#remove();
    return undefined;
  }
}

/** Whole seconds, rounded up, until a time that was so many seconds ahead when the answer arrived. */
export function secondsLeft({ receivedAt }: SessionRecord, seconds: number): number {
  // A clock that was set back must not make a session longer.
  const passed = Math.max(0, Date.now() - receivedAt) / 1000;
  return Math.max(0, Math.ceil(seconds - passed));
}

/** Reading the property alone throws where a browser blocks storage. */
function browserStorage(): PhoneVerifyStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is SessionRecord {
  if (!isObject(value)) return false;
  const { phoneNumber, sessionToken, isSent, receivedAt, expiresIn, resendIn, codeLength } = value;
  return (
    [phoneNumber, sessionToken].every((text) => typeof text === 'string') &&
    [receivedAt, expiresIn, resendIn, codeLength].every(Number.isFinite) &&
    typeof isSent === 'boolean'
  );
}
