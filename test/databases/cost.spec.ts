import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMSVerification, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

describe.each(databaseKinds)('the statements on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;
  const log = new QueryLog();

  beforeAll(async () => {
    database = await freshDatabase(kind);
    // With one connection, holding it during a send would block the query in the backend.
    test = await startApplication({ database: { ...database.options, poolSize: 1, logger: log } as never });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(() => log.clear());

  function firstWords(): string[] {
    return log.statements.map((sql) => sql.split(' ')[0] ?? '');
  }

  it('are one UPDATE for a check, with a correct or a wrong code', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    log.clear();

    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    expect(firstWords()).toEqual(['UPDATE']);
    await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(firstWords()).toEqual(['UPDATE', 'UPDATE']);
  });

  it('include one SELECT more to explain a refusal', async () => {
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, 'unknown');

    expect(status).toBe(VerificationStatus.SessionTokenInvalid);
    expect(firstWords()).toEqual(['UPDATE', 'SELECT']);
  });

  it('are INSERT and UPDATE for a register, SELECT and UPDATE for a resend', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    expect(firstWords()).toEqual(['INSERT', 'UPDATE']);
    log.clear();

    await test.service.resendSecurityCode(NUMBER, sessionToken);
    expect(firstWords()).toEqual(['SELECT', 'UPDATE']);
  });

  it('commit the session before the backend is called, and hold no connection during the call', async () => {
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
