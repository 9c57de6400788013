import type { DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResendRefusedError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { RemoteApplication } from '../support/remote-application.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';
import { beginSessionsWith } from '../support/session-default.js';

const { Valid, Expired } = VerificationStatus;

const LIFE_MS = 600_000;
const HOUR_MS = 3_600_000;

/** Time zones other than the test's. That of Newfoundland differs by a fraction of an hour. */
const SESSION_ZONES: Readonly<Record<DatabaseKind, { options?: object; statement?: string }>> = {
  sqlite: {},
  postgres: { options: { extra: { options: '-c timezone=America/St_Johns' } } },
  mariadb: { statement: `SET SESSION time_zone = '-03:30'` },
};

describe.each(databaseKinds)('a session on %s', (kind) => {
  let database: FreshDatabase;
  let here: TestApplication;
  let elsewhere: RemoteApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    const zone = SESSION_ZONES[kind];
    here = await startApplication({ database: { ...database.options, ...zone.options } as DataSourceOptions });
    if (zone.statement) await beginSessionsWith(here.dataSource, zone.statement);
    elsewhere = await RemoteApplication.start({
      database: database.options,
      environment: { TZ: 'Pacific/Kiritimati' },
    });
  });

  afterAll(async () => {
    await elsewhere.kill();
    await here.close();
    await database.drop();
  });

  async function checkHere(sessionToken: string): Promise<VerificationStatus> {
    return (await here.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status;
  }

  async function checkElsewhere(sessionToken: string): Promise<VerificationStatus | undefined> {
    const [result] = await elsewhere.verifyAll(NUMBER, [CORRECT_CODE], sessionToken);
    return result?.status;
  }

  // Daylight saving time begins or ends in Europe. In the time zone of the other process it is a different day.
  it.each([Date.UTC(2027, 2, 28, 0, 59, 59, 999), Date.UTC(2027, 9, 31, 0, 59, 59, 999)])(
    'that opens at %d expires at the same millisecond in a process and a database session of other time zones',
    async (instant) => {
      here.clock.set(instant);
      await elsewhere.setClock(instant);
      const opened = await Promise.all([1, 2].map(() => here.service.sendSecurityCode(NUMBER)));
      const [first, second] = opened.map(({ sessionToken }) => sessionToken);
      const { sessionToken: third, expiresAt } = await elsewhere.send(NUMBER);
      expect(opened.map((session) => session.expiresAt.toISOString())).toEqual([expiresAt, expiresAt]);

      await elsewhere.setClock(instant + LIFE_MS - 1);
      expect(await checkElsewhere(first ?? '')).toBe(Valid);
      await elsewhere.setClock(instant + LIFE_MS);
      expect(await checkElsewhere(second ?? '')).toBe(Expired);
      here.clock.set(instant + LIFE_MS);
      expect(await checkHere(third)).toBe(Expired);
      here.clock.set(instant + LIFE_MS - 1);
      expect(await checkHere(third)).toBe(Valid);
    },
  );

  it('is expired for a process whose clock is ahead, and still open for others', async () => {
    const { sessionToken, expiresAt } = await here.service.sendSecurityCode(NUMBER);
    await elsewhere.setClock(expiresAt.getTime() + 300_000);

    expect(await checkElsewhere(sessionToken)).toBe(Expired);
    expect(await checkHere(sessionToken)).toBe(Valid);
  });

  it('does not expire later after the clock jumped back an hour', async () => {
    const { sessionToken, expiresAt } = await here.service.sendSecurityCode(NUMBER);

    here.clock.set(expiresAt.getTime() - HOUR_MS);
    expect((await here.service.resendSecurityCode(NUMBER, sessionToken)).expiresAt).toEqual(expiresAt);
    here.clock.set(expiresAt.getTime());

    expect(await checkHere(sessionToken)).toBe(Expired);
  });

  it('is open again after the clock jumped ahead and back', async () => {
    const { sessionToken, expiresAt } = await here.service.sendSecurityCode(NUMBER);

    here.clock.set(expiresAt.getTime() + HOUR_MS);
    expect(await checkHere(sessionToken)).toBe(Expired);
    await expect(here.service.resendSecurityCode(NUMBER, sessionToken)).rejects.toThrow(
      new ResendRefusedError(Expired),
    );
    here.clock.set(expiresAt.getTime() - 1);

    expect(await checkHere(sessionToken)).toBe(Valid);
  });

  it('keeps its expiry after a restart with a shorter expiration', async () => {
    const { sessionToken, expiresAt } = await here.service.sendSecurityCode(NUMBER);
    const restarted = await startApplication({ database: database.options, phoneVerify: { expiration: 60 } });
    restarted.clock.set(expiresAt.getTime() - 1);

    const { status } = await restarted.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await restarted.close();

    expect(status).toBe(Valid);
  });
});
