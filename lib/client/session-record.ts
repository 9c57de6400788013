import type { SentState } from './responses.js';
import { isObject } from './unexpected-response.js';

/**
 * Where an open session survives a reload, such as the browser's `sessionStorage`.
 *
 * @publicApi
 */
export type PhoneVerifyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** An open session as it is stored: everything but the code. */
export interface SessionRecord extends SentState {
  /** As it was passed to `register`. */
  readonly phoneNumber: string;
  /** Whether a message was sent. */
  readonly isSent: boolean;
  /** When the response arrived, by this browser's clock. The seconds count from there, so the clock may be wrong. */
  readonly receivedAt: number;
}

/** Stores one session: in the page, and in a storage if one is usable. */
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
      // Blocked or full. What is stored may be an older session, so remove it.
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
      // An unreachable storage has nothing to remove.
    }
  }

  #load(): SessionRecord | undefined {
    try {
      const record: unknown = JSON.parse(this.#storage?.getItem(this.#key) ?? 'null');
      if (isRecord(record) && secondsLeft(record, record.expiresIn) > 0) return record;
    } catch {
      // Unreachable, or written by other code.
    }
    this.#remove();
    return undefined;
  }
}

/** Whole seconds, rounded up, until the instant that was `seconds` ahead when the response arrived. */
export function secondsLeft({ receivedAt }: SessionRecord, seconds: number): number {
  // Setting the clock back must not extend a session.
  const passed = Math.max(0, Date.now() - receivedAt) / 1000;
  return Math.max(0, Math.ceil(seconds - passed));
}

/** Where a browser blocks storage, even reading the property throws. */
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
