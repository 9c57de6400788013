import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification } from '../../lib/index.js';
import { Retention } from '../../lib/verification/retention.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { NUMBER } from '../support/requests.js';

const DAY = 86_400;

describe.each(databaseKinds)('a purge of many rows on %s', (kind) => {
  const log = new QueryLog();
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: { ...database.options, logger: log } as never });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(async () => {
    await test.dataSource.getRepository(SMSVerification).clear();
  });

  /** Inserts expired sessions, each a second older than the one before. */
  async function insertExpired(total: number): Promise<void> {
    await test.service.sendSecurityCode(NUMBER);
    const repository = test.dataSource.getRepository(SMSVerification);
    const [session] = await repository.find();
    const youngest = test.clock.now() - 31 * DAY * 1000;
    const old = Array.from({ length: total }, (_, index) => {
      const createdAt = new Date(youngest - index * 1000);
      return { ...session, id: `${index}`, sessionToken: `${index}`, createdAt, expiresAt: createdAt };
    });
    await repository.insert(old);
    log.clear();
  }

  async function ids(): Promise<string[]> {
    const rows = await test.dataSource.getRepository(SMSVerification).find({ order: { createdAt: 'ASC' } });
    return rows.map(({ id }) => id);
  }

  it('deletes a thousand rows in each batch, which is committed separately', async () => {
    await insertExpired(2500);

    expect(await test.service.purgeExpired()).toEqual({ deleted: 2500 });

    // The last statement deletes counters, of which there are none.
    const tables = log.statements.map((sql) => /^DELETE FROM \W?(\w+)/.exec(sql)?.[1]);
    expect(tables).toEqual([...Array(3).fill('sms_verification'), 'sms_verification_counter']);
    expect(await ids()).toHaveLength(1);
  });

  it('deletes the oldest rows first, and stops after the current batch when the application closes', async () => {
    await insertExpired(1500);

    expect(await test.app.get(Retention).purge({}, AbortSignal.abort())).toBe(1000);

    expect((await ids())[0]).toBe('499');
    expect(await ids()).toHaveLength(501);
  });

  it('counts all rows in one statement with dryRun', async () => {
    await insertExpired(1500);

    expect(await test.service.purgeExpired({ dryRun: true })).toEqual({ deleted: 1500 });

    expect(log.statements).toHaveLength(1);
    expect(await ids()).toHaveLength(1501);
  });

  it('deletes a session from the millisecond of its expiry on', async () => {
    const { expiresAt } = await test.service.sendSecurityCode(NUMBER);

    test.clock.set(expiresAt.getTime() - 1);
    expect(await test.service.purgeExpired({ olderThanDays: 0 })).toEqual({ deleted: 0 });
    test.clock.set(expiresAt.getTime());
    expect(await test.service.purgeExpired({ olderThanDays: 0 })).toEqual({ deleted: 1 });
  });
});

describe.each(databaseKinds.filter((kind) => kind === 'postgres'))('a purge on %s', (kind) => {
  it('skips a locked row instead of waiting for it, and deletes it the next time', async () => {
    const database = await freshDatabase(kind);
    const test = await startApplication({ database: database.options });
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(1);
    await test.service.sendSecurityCode(NUMBER);
    test.clock.advance(31 * DAY);

    const whileLocked = await test.dataSource.transaction(async (manager) => {
      await manager.query(
        'UPDATE sms_verification SET send_count = 9 WHERE created_at = (SELECT MIN(created_at) FROM sms_verification)',
      );
      return test.service.purgeExpired();
    });
    const afterwards = await test.service.purgeExpired();
    await test.close();
    await database.drop();

    expect([whileLocked, afterwards]).toEqual([{ deleted: 1 }, { deleted: 1 }]);
  });
});
