import { StorageTimeout } from '../../lib/common/time.js';
import type {
  Charge,
  ChargeOutcome,
  Counter,
  CounterWindow,
  LimitStore,
  StoreTime,
} from '../../lib/limits/limit.store.js';

/** A store whose calls each have a separate timeout. */
export interface TimedStore {
  charge(charges: readonly Charge[], now: number): Promise<ChargeOutcome>;
  refund(charged: readonly CounterWindow[]): Promise<void>;
  read(keys: readonly string[], now: number): Promise<readonly Counter[]>;
  clear(keys: readonly string[]): Promise<void>;
  readTime(): Promise<StoreTime | undefined>;
  deleteExpired(now: number): Promise<boolean>;
}

/** @param timeoutMs - Of each call; by default longer than any test. */
export function withTimeout(store: LimitStore, timeoutMs = 20_000): TimedStore {
  const timeout = (): StorageTimeout => new StorageTimeout(timeoutMs);
  return {
    charge: (charges, now) => store.charge(charges, now, timeout()),
    refund: (charged) => store.refund(charged, timeout()),
    read: (keys, now) => store.read(keys, now, timeout()),
    clear: (keys) => store.clear(keys, timeout()),
    readTime: () => store.readTime(timeout()),
    deleteExpired: (now) => store.deleteExpired(now, timeout()),
  };
}
