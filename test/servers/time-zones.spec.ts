import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerification } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, RIGHT_CODE } from '../support/requests.js';
import { SecondProcess } from '../support/second-process.js';
import { beginSessionsWith } from '../support/session-default.js';

const ZONES = { postgres: `SET TIME ZONE 'America/St_Johns'`, mariadb: `SET SESSION time_zone = '-03:30'` };

describe.each(serverKinds())('process and session in other time zones, on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  let elsewhere: SecondProcess;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: { ...database.options, poolSize: 1 } as never });
    if (kind === 'mariadb') await beginSessionsWith(test.dataSource, ZONES.mariadb);
    else await test.dataSource.query(ZONES.postgres);
    elsewhere = await SecondProcess.start({
      database: database.options,
      environment: { TZ: 'Pacific/Kiritimati' },
      sessionStatement: kind === 'mariadb' ? `SET SESSION time_zone = '+12:45'` : undefined,
    });
  });

  afterAll(async () => {
    await elsewhere.stop();
    await test.close();
    await database.drop();
  });

  it('a session opened in one is verified in the other', async () => {
    const token = await elsewhere.send(NUMBER);
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    expect((await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, token)).status).toBe('security_code_valid');
    expect(await elsewhere.verifyAll(NUMBER, [RIGHT_CODE], sessionToken)).toMatchObject([
      { status: 'security_code_valid' },
    ]);
  });

  it.each([
    ['the clock goes forward in Europe', Date.UTC(2027, 2, 28, 0, 59, 59, 999)],
    ['the clock goes back in Europe', Date.UTC(2027, 9, 31, 0, 59, 59, 999)],
  ])('keeps instants to the millisecond when %s', async (_case, instant) => {
    test.clock.set(instant);
    const { sessionToken, expiresAt } = await test.service.sendSecurityCode(NUMBER);
    const [session] = await test.dataSource
      .getRepository(SMSVerification)
      .find({ order: { createdAt: 'DESC' }, take: 1 });

    expect(expiresAt).toEqual(new Date(instant + 600_000));
    expect(session?.expiresAt).toEqual(expiresAt);
    expect(session?.createdAt).toEqual(new Date(instant));
    test.clock.set(instant + 600_000);
    const { status } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    expect(status).toBe('security_code_expired');
  });
});
