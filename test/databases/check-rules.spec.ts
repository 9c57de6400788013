import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMSVerification, VerificationStatus } from '../../lib/index.js';
import { hashToken } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

const { Valid, Invalid, Verified, Expired, TooManyAttempts, SessionTokenInvalid } = VerificationStatus;

describe.each(databaseKinds)('a check on %s', (kind) => {
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

  async function open(phoneNumber = NUMBER): Promise<string> {
    return (await test.service.sendSecurityCode(phoneNumber)).sessionToken;
  }

  async function check(sessionToken: string, code: string, phoneNumber = NUMBER): Promise<VerificationStatus> {
    return (await test.service.verifySecurityCode(phoneNumber, code, sessionToken)).status;
  }

  async function fail(sessionToken: string, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await check(sessionToken, WRONG_CODE);
  }

  async function counters(): Promise<number> {
    const [row]: { total: unknown }[] = await test.dataSource.query(
      'SELECT SUM(failed_attempts) AS total FROM sms_verification',
    );
    return Number(row?.total);
  }

  it('counts each wrong code once', async () => {
    const token = await open();
    const before = await counters();

    expect(await test.service.verifySecurityCode(NUMBER, WRONG_CODE, token)).toEqual({
      status: Invalid,
      attemptsLeft: 4,
    });

    expect(await counters()).toBe(before + 1);
  });

  it('records its outcome and time in the row', async () => {
    const token = await open();
    const repository = test.dataSource.getRepository(SMSVerification);
    const row = () => repository.findOneByOrFail({ sessionToken: hashToken(token) });
    const opened = new Date(test.clock.now());
    expect(await row()).toMatchObject({
      isVerified: false,
      sendCount: 1,
      backend: 'SandboxBackend',
      lastSentAt: opened,
    });

    test.clock.advance(1);
    await check(token, WRONG_CODE);
    expect(await row()).toMatchObject({ isVerified: false, failedAttempts: 1, modifiedAt: new Date(test.clock.now()) });
    test.clock.advance(1);
    await check(token, CORRECT_CODE);

    const verified = new Date(test.clock.now());
    expect(await row()).toMatchObject({
      isVerified: true,
      verifiedAt: verified,
      consumedAt: null,
      failedAttempts: 0,
      createdAt: opened,
      modifiedAt: verified,
    });
  });

  it('rejects the correct code after the last attempt', async () => {
    const token = await open();
    await fail(token, 5);
    const before = await counters();

    expect(await check(token, CORRECT_CODE)).toBe(TooManyAttempts);
    expect(await check(token, WRONG_CODE)).toBe(TooManyAttempts);

    expect(await counters()).toBe(before);
  });

  it('accepts the correct code with the last attempt', async () => {
    const token = await open();
    await fail(token, 4);

    expect(await check(token, CORRECT_CODE)).toBe(Valid);
  });

  it('accepts a code one millisecond before it expires, and rejects it when it expires', async () => {
    const first = await open();
    const second = await open();
    const end = test.clock.now() + 600_000;

    test.clock.set(end - 1);
    expect(await check(first, CORRECT_CODE)).toBe(Valid);
    test.clock.set(end);
    expect(await check(second, CORRECT_CODE)).toBe(Expired);
  });

  it('returns the same result for a correct and a wrong code after the session has expired, and counts neither', async () => {
    const token = await open();
    test.clock.advance(600);
    const before = await counters();

    expect(await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token)).toEqual({ status: Expired });
    expect(await test.service.verifySecurityCode(NUMBER, WRONG_CODE, token)).toEqual({ status: Expired });

    expect(await counters()).toBe(before);
  });

  it('accepts a code once', async () => {
    const token = await open();

    expect(await check(token, CORRECT_CODE)).toBe(Valid);
    expect(await check(token, CORRECT_CODE)).toBe(Verified);
    expect(await check(token, WRONG_CODE)).toBe(Verified);
  });

  it('finds a session only with its number', async () => {
    const token = await open();
    const before = await counters();

    expect(await check(token, CORRECT_CODE, OTHER_NUMBER)).toBe(SessionTokenInvalid);
    expect(await check(token, WRONG_CODE, OTHER_NUMBER)).toBe(SessionTokenInvalid);

    expect(await counters()).toBe(before);
    expect(await check(token, CORRECT_CODE)).toBe(Valid);
  });

  it('finds a session only with its purpose', async () => {
    const token = await open();
    await test.dataSource.query(`UPDATE sms_verification SET purpose = 'login' WHERE verified_at IS NULL`);

    expect(await check(token, CORRECT_CODE)).toBe(SessionTokenInvalid);
  });

  it('counts no attempt for an unknown, cut, recased or padded token', async () => {
    const token = await open();
    const before = await counters();
    const swapped = token.replace(/[a-z]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );

    for (const other of ['', 'unknown', token.slice(0, -1), `${token}=`, swapped]) {
      expect(await check(other, WRONG_CODE)).toBe(SessionTokenInvalid);
      expect(await check(other, CORRECT_CODE)).toBe(SessionTokenInvalid);
    }

    expect(await counters()).toBe(before);
  });

  it('counts the attempts of each session of a number separately', async () => {
    const victim = await open();
    const attacker = await open();
    await fail(attacker, 6);

    expect(await check(attacker, CORRECT_CODE)).toBe(TooManyAttempts);
    expect(await check(victim, CORRECT_CODE)).toBe(Valid);
  });

  it('trims white space around a code and does not convert it otherwise', async () => {
    const token = await open();
    for (const typed of ['123 456', '1e5', '0x1E240', '１２３４５６', '١٢٣٤٥٦']) {
      expect(await check(token, typed)).toBe(Invalid);
    }
    expect(await check(await open(), ` \t${CORRECT_CODE}\n`)).toBe(Valid);
  });

  it('rejects a session that already has as many failed attempts as a lowered maximum', async () => {
    const token = await open();
    await fail(token, 3);
    const restarted = await startApplication({ database: database.options, phoneVerify: { maxFailedAttempts: 3 } });

    const { status } = await restarted.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
    await restarted.close();

    expect(status).toBe(TooManyAttempts);
  });

  it.each(['', '1', '12345', '1234567', CORRECT_CODE.repeat(5)])(
    'rejects a code of another length: %j',
    async (code) => {
      expect(await check(await open(), code)).toBe(Invalid);
    },
  );
});
