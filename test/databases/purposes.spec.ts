import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResendRefusedError, SMSVerification, VerificationStatus } from '../../lib/index.js';
import { hashToken } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

const { Invalid, SessionTokenInvalid, Valid } = VerificationStatus;

const PURPOSES = ['login', 'change-phone', 'changephone'];

/** Every ordered pair of two purposes, including no purpose. */
const PAIRS = ['', ...PURPOSES].flatMap((purpose, _index, all) =>
  all.filter((other) => other !== purpose).map((other) => [purpose, other] as const),
);

describe.each(databaseKinds)('purposes on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options, phoneVerify: { purposes: PURPOSES } });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  async function open(purpose: string): Promise<string> {
    return (await test.service.sendSecurityCode(NUMBER, { purpose })).sessionToken;
  }

  async function check(sessionToken: string, code: string, purpose: string): Promise<VerificationStatus> {
    return (await test.service.verifySecurityCode(NUMBER, code, sessionToken, { purpose })).status;
  }

  async function rowOf(sessionToken: string): Promise<SMSVerification> {
    return test.dataSource.getRepository(SMSVerification).findOneByOrFail({ sessionToken: hashToken(sessionToken) });
  }

  it.each(PAIRS)('reject a code for %j as a code for %j, and count no attempt', async (purpose, other) => {
    const token = await open(purpose);
    const before = await rowOf(token);

    expect(await check(token, CORRECT_CODE, other)).toBe(SessionTokenInvalid);
    expect(await check(token, WRONG_CODE, other)).toBe(SessionTokenInvalid);

    expect(await rowOf(token)).toEqual(before);
    expect(await check(token, CORRECT_CODE, purpose)).toBe(Valid);
  });

  it.each(PAIRS)('reject a resend of a code for %j as one for %j', async (purpose, other) => {
    const token = await open(purpose);
    test.sandbox.clear();

    const refused = test.service.resendSecurityCode(NUMBER, token, { purpose: other });

    await expect(refused).rejects.toThrow(new ResendRefusedError(SessionTokenInvalid));
    expect(test.sandbox.outbox).toEqual([]);
    await test.service.resendSecurityCode(NUMBER, token, { purpose });
    expect(test.sandbox.lastCode(NUMBER)).toBe(CORRECT_CODE);
  });

  it.each(PAIRS)('reject a verification token for %j as one for %j', async (purpose, other) => {
    const token = await open(purpose);
    const result = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token, { purpose });
    const verificationToken = result.verificationToken ?? '';

    expect(await test.service.getVerifiedPhone(verificationToken, { purpose: other })).toBeNull();
    expect(await test.service.consumeVerifiedPhone(verificationToken, { purpose: other })).toBeNull();

    expect(await test.service.getVerifiedPhone(verificationToken, { purpose })).toMatchObject({
      phoneNumber: NUMBER,
      purpose,
    });
    expect(await test.service.consumeVerifiedPhone(verificationToken, { purpose })).toMatchObject({ purpose });
  });

  it('reject every code of a row whose purpose was changed in the table', async () => {
    const token = await open('login');
    await test.dataSource
      .getRepository(SMSVerification)
      .update({ sessionToken: hashToken(token) }, { purpose: 'change-phone' });

    expect(await check(token, CORRECT_CODE, 'change-phone')).toBe(Invalid);
    const resend = test.service.resendSecurityCode(NUMBER, token, { purpose: 'change-phone' });
    await expect(resend).rejects.toThrow(new ResendRefusedError(VerificationStatus.Expired));
  });

  it('reject the open sessions of a purpose that was removed from the options', async () => {
    const token = await open('login');
    const restarted = await startApplication({ database: database.options, phoneVerify: { purposes: ['other'] } });

    const checks = [
      restarted.service.verifySecurityCode(NUMBER, CORRECT_CODE, token, { purpose: 'login' }),
      restarted.service.getVerifiedPhone(token, { purpose: 'login' }),
    ];

    for (const refused of checks) await expect(refused).rejects.toThrow('purpose');
    expect(await restarted.service.verifySecurityCode(NUMBER, CORRECT_CODE, token)).toEqual({
      status: SessionTokenInvalid,
    });
    await restarted.close();
  });
});
