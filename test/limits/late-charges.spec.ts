import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageTimeout } from '../../lib/common/time.js';
import { Database } from '../../lib/database/database.js';
import { StorageUnavailableError } from '../../lib/index.js';
import { DatabaseLimitStore } from '../../lib/limits/database-limit.store.js';
import {
  databaseStoreKinds,
  type DatabaseStoreUnderTest,
  startDatabaseStore,
} from '../support/database-limit-store.js';
import { chargeOf } from '../support/limit-stores.js';
import { holdResult } from '../support/statements.js';

const NOW = 1_800_000_000_000;
const SHORT_MS = 300;
/** Enough for the refunds on a busy machine, which have as much as the store. */
const STORE_MS = 3000;
const LONG_MS = 20_000;

describe.each(databaseStoreKinds)('a charge on %s that takes effect after its request has ended', (kind) => {
  let test: DatabaseStoreUnderTest;

  beforeEach(async () => {
    test = await startDatabaseStore(kind);
  });

  afterEach(() => test.close());

  it.each([
    { of: 'its group too', storeMs: STORE_MS, requestMs: STORE_MS },
    { of: 'its request alone', storeMs: LONG_MS, requestMs: SHORT_MS },
  ])('is refunded if it was the time of $of that was up', async ({ storeMs, requestMs }) => {
    const store = new DatabaseLimitStore(new Database(test.dataSource, { preparedStatements: false }), storeMs);
    const last = kind === 'mysql' ? 'COMMIT' : 'INSERT';
    const release = holdResult(test.dataSource, (sql) => sql.startsWith(last));

    const charges = ['one', 'two'].map((key) =>
      store.charge([chargeOf(key, { max: 9 }), chargeOf('shared', { max: 9 })], NOW, new StorageTimeout(requestMs)),
    );
    for (const charge of charges) await expect(charge).rejects.toThrow(StorageUnavailableError);
    release();

    const keys = ['one', 'two', 'shared'];
    await vi.waitFor(async () => expect(await test.store.read(keys, NOW)).toEqual([]), LONG_MS);
  });
});
