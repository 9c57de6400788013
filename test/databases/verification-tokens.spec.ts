import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentInvalidError } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';
import { RemoteApplication } from '../support/remote-application.js';

async function obtainToken({ service }: TestApplication): Promise<string> {
  const { sessionToken } = await service.sendSecurityCode(NUMBER);
  const { verificationToken = '' } = await service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
  return verificationToken;
}

describe.each(databaseKinds)('verification tokens on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it('can be looked up any number of times and consumed once', async () => {
    const verificationToken = await obtainToken(test);
    const phone = { phoneNumber: NUMBER, verifiedAt: new Date(test.clock.now()), purpose: '' };

    expect(await test.service.getVerifiedPhone(verificationToken)).toEqual(phone);
    expect(await test.service.getVerifiedPhone(verificationToken)).toEqual(phone);
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toEqual(phone);
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toBeNull();
    expect(await test.service.getVerifiedPhone(verificationToken)).toBeNull();
  });

  it('are valid until their maximum age, to the millisecond', async () => {
    const verificationToken = await obtainToken(test);
    const verifiedAt = test.clock.now();

    test.clock.set(verifiedAt + 60_000 - 1);
    expect(await test.service.getVerifiedPhone(verificationToken, { maxAge: 60 })).not.toBeNull();
    test.clock.set(verifiedAt + 60_000);
    expect(await test.service.getVerifiedPhone(verificationToken, { maxAge: 60 })).toBeNull();
    expect(await test.service.consumeVerifiedPhone(verificationToken, { maxAge: 60 })).toBeNull();
    test.clock.set(verifiedAt + 900_000 - 1);
    expect(await test.service.getVerifiedPhone(verificationToken)).not.toBeNull();
    test.clock.set(verifiedAt + 900_000);
    expect(await test.service.getVerifiedPhone(verificationToken)).toBeNull();
  });

  it('are valid for one purpose', async () => {
    const verificationToken = await obtainToken(test);
    await test.dataSource.query(`UPDATE sms_verification SET purpose = 'login' WHERE consumed_at IS NULL`);

    expect(await test.service.getVerifiedPhone(verificationToken)).toBeNull();
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toBeNull();
  });

  it('are rejected if they are unknown or a session token', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    for (const other of [sessionToken, '', 'unknown', '\0', "' OR 1=1 --"]) {
      expect(await test.service.getVerifiedPhone(other)).toBeNull();
      expect(await test.service.consumeVerifiedPhone(other)).toBeNull();
    }
  });

  it('are consumed by one of twenty parallel calls', async () => {
    const verificationToken = await obtainToken(test);

    const phones = await Promise.all(
      Array.from({ length: 20 }, () => test.service.consumeVerifiedPhone(verificationToken)),
    );

    expect(phones.filter((phone) => phone !== null)).toHaveLength(1);
  });

  it('can be used again if the transaction that consumed them rolls back', async () => {
    const verificationToken = await obtainToken(test);
    const rolledBack = test.dataSource.transaction(async (manager) => {
      expect(await test.service.consumeVerifiedPhone(verificationToken, { manager })).toMatchObject({
        phoneNumber: NUMBER,
      });
      throw new Error('the username is taken');
    });
    await expect(rolledBack).rejects.toThrow('the username is taken');

    const phone = await test.dataSource.transaction((manager) =>
      test.service.consumeVerifiedPhone(verificationToken, { manager }),
    );

    expect(phone).toMatchObject({ phoneNumber: NUMBER });
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toBeNull();
  });

  it('are consumed through a manager outside a transaction too', async () => {
    const verificationToken = await obtainToken(test);

    const { manager } = test.dataSource;

    expect(await test.service.consumeVerifiedPhone(verificationToken, { manager })).toMatchObject({
      phoneNumber: NUMBER,
    });
    expect(await test.service.consumeVerifiedPhone(verificationToken, { manager })).toBeNull();
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'cannot have a maximum age of %s seconds',
    async (maxAge) => {
      await expect(test.service.getVerifiedPhone('any', { maxAge })).rejects.toThrow(ArgumentInvalidError);
    },
  );
});

describe.each(serverKinds())('verification tokens on %s, in parallel transactions and processes,', (kind) => {
  it('are consumed by one of forty parallel calls in two processes', async () => {
    const database = await freshDatabase(kind);
    const test = await startApplication({ database: database.options });
    const second = await RemoteApplication.start({ database: database.options });
    const verificationToken = await obtainToken(test);

    const [here, there] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => test.service.consumeVerifiedPhone(verificationToken))),
      second.consumeAll(verificationToken, 20),
    ]);
    await second.close();
    await test.close();
    await database.drop();

    expect([...here, ...there].filter((phone) => phone !== null)).toHaveLength(1);
  });

  it('can be consumed in a transaction that began before they were issued', async () => {
    const database = await freshDatabase(kind);
    const test = await startApplication({ database: database.options });

    const phone = await test.dataSource.transaction('READ COMMITTED', async (manager) => {
      await manager.query('SELECT COUNT(*) FROM sms_verification');
      return test.service.consumeVerifiedPhone(await obtainToken(test), { manager });
    });
    await test.close();
    await database.drop();

    expect(phone).toMatchObject({ phoneNumber: NUMBER });
  });
});
