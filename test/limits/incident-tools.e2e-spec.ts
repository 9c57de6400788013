import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PhoneNumberInvalidError, RateLimitedError, SMSVerification } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

describe.each(databaseKinds)('the incident tools on %s', (kind: DatabaseKind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options, phoneVerify: { limits: {} } });
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  it('describe the sessions of a number, newest first, and its remaining budgets', async () => {
    const first = await test.service.sendSecurityCode(NUMBER);
    const start = test.clock.now();
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, first.sessionToken);
    const { verificationToken } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, first.sessionToken);
    await test.service.consumeVerifiedPhone(verificationToken ?? '');
    test.clock.advance(30);
    const second = await test.service.sendSecurityCode(NUMBER, { ownNumber: true });
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, second.sessionToken);
    await test.service.sendSecurityCode(OTHER_NUMBER);

    const description = await test.service.describePhone('+1 (415) 555-2671');

    expect(description.phoneNumber).toBe(NUMBER);
    expect(description.sessions).toMatchObject([
      { createdAt: new Date(start + 30_000), verifiedAt: undefined, failedAttempts: 1, sendCount: 1 },
      {
        purpose: '',
        createdAt: new Date(start),
        expiresAt: first.expiresAt,
        verifiedAt: new Date(start),
        consumedAt: new Date(start),
        lastSentAt: new Date(start),
        failedAttempts: 0,
        sendCount: 1,
        backend: 'SandboxBackend',
        messageId: undefined,
      },
    ]);
    const budget = (rule: string, seconds: number, ownNumber: boolean) =>
      description.budgets.find((one) => one.rule === rule && one.seconds === seconds && one.ownNumber === ownNumber);
    expect(budget('resendAfter', 30, false)).toMatchObject({ left: 1, windowEndsAt: undefined });
    expect(budget('resendAfter', 30, true)).toMatchObject({ left: 0, windowEndsAt: new Date(start + 60_000) });
    expect(budget('perNumber', 3600, false)).toMatchObject({ max: 5, left: 4, mode: 'enforce' });
    expect(budget('perNumber', 86_400, true)).toMatchObject({ max: 10, left: 9 });
    expect(budget('perPrefix', 3600, false)).toMatchObject({ max: 100, left: 99 });
    expect(description.conversionBlockedUntil).toBeUndefined();
  });

  it('reveal no secret in a description', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const [row] = await test.dataSource.getRepository(SMSVerification).find();
    const text = JSON.stringify(await test.service.describePhone(NUMBER));
    for (const secret of [CORRECT_CODE, sessionToken, row?.sessionToken, row?.securityCode, row?.sealedCode]) {
      expect(text).not.toContain(secret);
    }
  });

  it('describe at most a hundred sessions', async () => {
    const repository = test.dataSource.getRepository(SMSVerification);
    await test.service.sendSecurityCode(NUMBER);
    const [row] = await repository.find();
    await repository.insert(
      Array.from({ length: 120 }, (_, index) => ({ ...row, id: `copy-${index}`, sessionToken: `copy-${index}` })),
    );
    expect((await test.service.describePhone(NUMBER)).sessions).toHaveLength(100);
  });

  it('clear the limits of one number and no others', async () => {
    await test.service.sendSecurityCode(NUMBER);
    await test.service.sendSecurityCode(OTHER_NUMBER);
    await expect(test.service.sendSecurityCode(NUMBER)).rejects.toThrow(RateLimitedError);

    await test.service.clearLimits('+1 415 555 2671');

    await test.service.sendSecurityCode(NUMBER);
    await expect(test.service.sendSecurityCode(OTHER_NUMBER)).rejects.toThrow(RateLimitedError);
    const { budgets } = await test.service.describePhone(NUMBER);
    expect(budgets.find(({ rule, ownNumber }) => rule === 'perPrefix' && !ownNumber)).toMatchObject({ left: 98 });
  });

  it('delete all sessions and counters of a number', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.service.sendSecurityCode(NUMBER, { ownNumber: true });
    await test.service.sendSecurityCode(OTHER_NUMBER);

    expect(await test.service.forgetPhone(NUMBER)).toEqual({ deleted: 2 });

    expect((await test.service.describePhone(NUMBER)).sessions).toEqual([]);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(status).toBe('session_token_invalid');
    const counters: { counter_key: string }[] = await test.dataSource.query(
      'SELECT counter_key FROM sms_verification_counter',
    );
    expect(counters.filter(({ counter_key }) => counter_key.endsWith(NUMBER))).toEqual([]);
    expect(await test.dataSource.getRepository(SMSVerification).count()).toBe(1);
    expect(await test.service.forgetPhone(NUMBER)).toEqual({ deleted: 0 });
  });

  it('accept a stored number that is no longer valid, although it can be sent nothing', async () => {
    const ended = '+22997123456';
    const repository = test.dataSource.getRepository(SMSVerification);
    await test.service.sendSecurityCode(NUMBER);
    const [row] = await repository.find();
    await repository.insert([{ ...row, id: 'ended', sessionToken: 'ended', phoneNumber: ended }]);
    await test.dataSource.query(
      `UPDATE sms_verification_counter SET counter_key = REPLACE(counter_key, '${NUMBER}', '${ended}')`,
    );

    for (const text of [ended, '+229 97 12 34 56']) {
      const { phoneNumber, sessions, budgets } = await test.service.describePhone(text);
      expect({ phoneNumber, sessions: sessions.length }).toEqual({ phoneNumber: ended, sessions: 1 });
      expect(budgets.find(({ rule }) => rule === 'perNumber')).toMatchObject({ left: 4 });
    }
    await test.service.clearLimits(ended);
    const { budgets } = await test.service.describePhone(ended);
    expect(budgets.find(({ rule }) => rule === 'perNumber')).toMatchObject({ left: 5 });
    expect(await test.service.forgetPhone(ended)).toEqual({ deleted: 1 });
    expect((await test.service.describePhone(ended)).sessions).toEqual([]);

    await expect(test.service.sendSecurityCode(ended)).rejects.toThrow(PhoneNumberInvalidError);
    await expect(test.service.resendSecurityCode(ended, 'ended')).rejects.toThrow(PhoneNumberInvalidError);
    await expect(test.service.verifySecurityCode(ended, CORRECT_CODE, 'ended')).rejects.toThrow(
      PhoneNumberInvalidError,
    );
    expect(await test.service.sendBulkSms([ended], 'We moved.')).toMatchObject([{ error: { kind: 'rejected' } }]);
  });

  it('reject a text that is not a number', async () => {
    await expect(test.service.describePhone('nobody')).rejects.toThrow(PhoneNumberInvalidError);
    await expect(test.service.clearLimits('nobody')).rejects.toThrow(PhoneNumberInvalidError);
    await expect(test.service.forgetPhone('nobody')).rejects.toThrow(PhoneNumberInvalidError);
  });
});
