import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { GuardedModule, Handled, PURPOSES } from '../support/guarded-routes.js';
import { obtainToken } from '../support/verification-tokens.js';
import { RemoteApplication } from '../support/remote-application.js';
import { NUMBER, post } from '../support/requests.js';

const PARALLEL = 20;

describe.each(databaseKinds)('a route that requires a verified phone on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  let handled: Handled;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: database.options,
      phoneVerify: { isGlobal: true, purposes: PURPOSES },
      imports: [GuardedModule],
    });
    handled = test.app.get(Handled);
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  function show(path: string, verification_token: string): Promise<Response> {
    return post(test.app, path, { verification_token });
  }

  function count(statuses: readonly number[], status: number): number {
    return statuses.filter((each) => each === status).length;
  }

  it('accepts one of twenty parallel requests if it consumes the verification token', async () => {
    const verificationToken = await obtainToken(test);
    handled.phones.length = 0;

    const responses = await Promise.all(
      Array.from({ length: PARALLEL }, () => show('/account/once', verificationToken)),
    );

    const statuses = responses.map(({ status }) => status);
    expect([count(statuses, 201), count(statuses, 403)]).toEqual([1, PARALLEL - 1]);
    expect(handled.phones).toMatchObject([{ phoneNumber: NUMBER }]);
  });

  it('accepts one of forty parallel requests to two processes if it consumes the verification token', async () => {
    const there = await RemoteApplication.start({ database: database.options, listens: true });
    const verificationTokens = [await obtainToken(test), await obtainToken(test), await obtainToken(test)];
    for (const verificationToken of verificationTokens) {
      handled.phones.length = 0;
      const before = (await there.requestAll('none', 1)).handled;

      const [here, remote] = await Promise.all([
        Promise.all(Array.from({ length: PARALLEL }, () => show('/account/once', verificationToken))),
        there.requestAll(verificationToken, PARALLEL),
      ]);

      const statuses = [...here.map(({ status }) => status), ...remote.statuses];
      expect([count(statuses, 201), count(statuses, 403)]).toEqual([1, 2 * PARALLEL - 1]);
      expect(handled.phones.length + remote.handled - before).toBe(1);
    }
    await there.close();
  });

  it('responds with 503 while the database fails, and accepts the verification token later', async () => {
    const verificationToken = await obtainToken(test);
    await test.dataSource.query('ALTER TABLE sms_verification RENAME TO sms_verification_away');

    const responses = [
      await show('/account/number', verificationToken),
      await show('/account/once', verificationToken),
    ];
    await test.dataSource.query('ALTER TABLE sms_verification_away RENAME TO sms_verification');

    for (const { status, body } of responses) {
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'service_unavailable' });
    }
    expect((await show('/account/once', verificationToken)).status).toBe(201);
  });
});
