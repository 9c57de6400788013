import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { NUMBER, RIGHT_CODE, WRONG_CODE } from '../support/requests.js';

describe.each(databaseKinds)('statements on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  const log = new QueryLog();

  beforeAll(async () => {
    database = await freshDatabase(kind);
    // One connection: whoever held it during a send would keep the backend from asking the database.
    test = await startApplication({ database: { ...database.options, poolSize: 1, logger: log } as never });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => log.clear());

  function kinds(): string[] {
    return log.statements.map((sql) => sql.split(' ')[0] ?? '');
  }

  it('are one for a comparison, right or wrong', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    log.clear();

    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    expect(kinds()).toEqual(['UPDATE']);
    await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    expect(kinds()).toEqual(['UPDATE', 'UPDATE']);
  });

  it('are one more to explain a refusal', async () => {
    const { status } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, 'unknown');

    expect(status).toBe(VerificationStatus.SessionTokenInvalid);
    expect(kinds()).toEqual(['UPDATE', 'SELECT']);
  });

  it('are an insert and a note for a registration, a lookup and a note for a resend', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    expect(kinds()).toEqual(['INSERT', 'UPDATE']);
    log.clear();

    await test.service.resendSecurityCode(NUMBER, sessionToken);
    expect(kinds()).toEqual(['SELECT', 'UPDATE']);
  });

  it('have committed the session before the backend is called, and hold no connection during the call', async () => {
    let seen: SMSVerification[] = [];
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      seen = await test.dataSource.getRepository(SMSVerification).find({ order: { createdAt: 'DESC' } });
      return send(number, message);
    };

    test.clock.advance(1);
    await test.service.sendSecurityCode(NUMBER);

    expect(seen[0]).toMatchObject({ phoneNumber: NUMBER, sendCount: 0, lastSentAt: null });
  });
});
