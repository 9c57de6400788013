import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';
import { interceptNextStatement } from '../support/statement-interceptor.mjs';

const { Valid, Invalid, TooManyAttempts, Verified } = VerificationStatus;

describe.each(serverKinds())('a check on %s, while other checks run before its result is read,', (kind) => {
  let database: FreshDatabase;
  let one: TestApplication;
  let other: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    one = await startApplication({ database: database.options });
    other = await startApplication({ database: database.options });
  });

  afterAll(async () => {
    await one.close();
    await other.close();
    await database.drop();
  });

  /** Runs work once, after the next statement of the first application and before its result is read. */
  function afterNextStatement(work: () => Promise<unknown>): void {
    interceptNextStatement(one.dataSource, async (run) => {
      const result = await run();
      await work();
      return result;
    });
  }

  it('rejects a wrong code although the correct code arrived in between', async () => {
    const { sessionToken } = await one.service.sendSecurityCode(NUMBER);
    let correct: VerificationStatus | undefined;
    afterNextStatement(async () => {
      correct = (await other.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status;
    });

    const wrong = await one.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);

    expect(correct).toBe(Valid);
    expect(wrong).toEqual({ status: Invalid, attemptsLeft: 4 });
  });

  it('returns its own count although further wrong codes arrived in between', async () => {
    const { sessionToken } = await one.service.sendSecurityCode(NUMBER);
    afterNextStatement(async () => {
      for (let time = 0; time < 4; time++) await other.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    });

    const first = await one.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);

    expect(first).toEqual({ status: Invalid, attemptsLeft: 4 });
    const { status } = await one.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(status).toBe(TooManyAttempts);
  });

  it('accepts the correct code once although it arrived a second time in between', async () => {
    const { sessionToken } = await one.service.sendSecurityCode(NUMBER);
    let second: VerificationStatus | undefined;
    afterNextStatement(async () => {
      second = (await other.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status;
    });

    const first = await one.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

    expect(first.status).toBe(Valid);
    expect(second).toBe(Verified);
  });
});

describe.each(serverKinds())('many parallel requests on %s', (kind) => {
  it('open a hundred sessions by a hundred registers of one number', async () => {
    const database = await freshDatabase(kind);
    const test = await startApplication({ database: database.options });

    const sent = await Promise.all(Array.from({ length: 100 }, () => test.service.sendSecurityCode(NUMBER)));
    await test.close();
    await database.drop();

    expect(new Set(sent.map(({ sessionToken }) => sessionToken)).size).toBe(100);
  });

  it('do not affect each other: checks, registers, resends and purges of one number', async () => {
    const database = await freshDatabase(kind);
    const test = await startApplication({ database: database.options });
    const sessions = await Promise.all(Array.from({ length: 10 }, () => test.service.sendSecurityCode(NUMBER)));

    const statuses = await Promise.all(
      sessions.map(async ({ sessionToken }) => {
        const [, , , { status }] = await Promise.all([
          test.service.sendSecurityCode(NUMBER),
          test.service.resendSecurityCode(NUMBER, sessionToken),
          test.service.purgeExpired({ olderThanDays: 0 }),
          test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken),
        ]);
        expect(status).toBe(Invalid);
        return (await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)).status;
      }),
    );
    await test.close();
    await database.drop();

    expect(new Set(statuses)).toEqual(new Set([Valid]));
  });
});
