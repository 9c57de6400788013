import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerification, VerificationStatus } from '../../lib/index.js';
import { hashToken } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

describe.each(databaseKinds)('verifyOnlyOnce: false on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options, phoneVerify: { verifyOnlyOnce: false } });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  async function verified(): Promise<{ token: string; verificationToken: string }> {
    const { sessionToken: token } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
    return { token, verificationToken };
  }

  it('accepts a correct code again until it expires, with a new verification token and the original verifiedAt', async () => {
    const { token, verificationToken } = await verified();
    const verifiedAt = new Date(test.clock.now());
    test.clock.advance(10);

    const again = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);

    expect(again.status).toBe(VerificationStatus.Valid);
    expect(again.verificationToken).not.toBe(verificationToken);
    expect(await test.service.getVerifiedPhone(verificationToken)).toBeNull();
    expect(await test.service.getVerifiedPhone(again.verificationToken ?? '')).toMatchObject({ verifiedAt });
    test.clock.advance(590);
    const late = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
    expect(late.status).toBe(VerificationStatus.Expired);
  });

  it('issues no second verification token after the first was consumed', async () => {
    const { token, verificationToken } = await verified();
    expect(await test.service.consumeVerifiedPhone(verificationToken)).not.toBeNull();
    const repository = test.dataSource.getRepository(SMSVerification);
    const consumed = await repository.findOneByOrFail({ verificationToken: hashToken(verificationToken) });

    const again = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);

    expect(again).toEqual({ status: VerificationStatus.Valid, verificationToken: undefined });
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toBeNull();
    expect((await repository.findOneByOrFail({ id: consumed.id })).verificationToken).toBe(
      hashToken(verificationToken),
    );
  });

  it('resets the failed attempts with each correct code, and locks after five wrong codes in a row', async () => {
    const { token } = await verified();
    const repository = test.dataSource.getRepository(SMSVerification);
    const attempts = async (): Promise<number[]> =>
      (await repository.find({ order: { createdAt: 'DESC' } })).map(({ failedAttempts }) => failedAttempts);
    const check = async (code: string) => (await test.service.verifySecurityCode(NUMBER, code, token)).status;

    for (let time = 0; time < 4; time++) await check(WRONG_CODE);
    expect(await check(CORRECT_CODE)).toBe(VerificationStatus.Valid);
    expect(new Set(await attempts())).toEqual(new Set([0]));
    for (let time = 0; time < 5; time++) await check(WRONG_CODE);

    expect(await check(CORRECT_CODE)).toBe(VerificationStatus.TooManyAttempts);
  });
});
