import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxBackend, SMSVerification } from '../../lib/index.js';
import { hashToken } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, RIGHT_CODE, WRONG_CODE } from '../support/requests.js';

/** Gives its messages ids, as providers do. */
class NumberingBackend extends SandboxBackend {
  override async sendSms(number: string, message: string) {
    await super.sendSms(number, message);
    return { backend: 'provider', messageId: `message-${this.outbox.length}` };
  }
}

describe.each(databaseKinds)('what the row of a session says on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: database.options,
      phoneVerify: { backend: NumberingBackend, verifyOnlyOnce: false },
    });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  beforeEach(async () => {
    await test.dataSource.getRepository(SMSVerification).clear();
    test.sandbox.clear();
  });

  async function rowOf(sessionToken: string): Promise<SMSVerification | null> {
    return test.dataSource.getRepository(SMSVerification).findOneBy({ sessionToken: hashToken(sessionToken) });
  }

  /** The test's time, a while later. */
  function later(): Date {
    test.clock.advance(7);
    return new Date(test.clock.now());
  }

  it('tells of each send, and of no other session', async () => {
    const createdAt = later();
    const { sessionToken: other } = await test.service.sendSecurityCode(OTHER_NUMBER);
    const { sessionToken, expiresAt } = await test.service.sendSecurityCode(NUMBER);
    const sent = { sendCount: 1, lastSentAt: createdAt, backend: 'provider', messageId: 'message-2' };
    const opened = { phoneNumber: NUMBER, purpose: '', createdAt, expiresAt, failedAttempts: 0, isVerified: false };
    expect(await rowOf(sessionToken)).toMatchObject({ ...opened, ...sent, modifiedAt: createdAt, verifiedAt: null });

    const resentAt = later();
    await test.service.resendSecurityCode(NUMBER, sessionToken);

    const resent = { sendCount: 2, lastSentAt: resentAt, modifiedAt: resentAt, messageId: 'message-3' };
    expect(await rowOf(sessionToken)).toMatchObject({ ...opened, ...resent });
    expect(await rowOf(other)).toMatchObject({ sendCount: 1, lastSentAt: createdAt, messageId: 'message-1' });
  });

  it('tells of a wrong code, of a right one, and of a verification token that was consumed', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const triedAt = later();
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    const tried = { failedAttempts: 1, isVerified: false, verifiedAt: null, verificationToken: null };
    expect(await rowOf(sessionToken)).toMatchObject({ ...tried, modifiedAt: triedAt });

    const verifiedAt = later();
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    const verified = {
      failedAttempts: 0,
      isVerified: true,
      verifiedAt,
      verificationToken: hashToken(verificationToken),
    };
    expect(await rowOf(sessionToken)).toMatchObject({ ...verified, modifiedAt: verifiedAt, consumedAt: null });

    const consumedAt = later();
    await test.service.consumeVerifiedPhone(verificationToken);
    expect(await rowOf(sessionToken)).toMatchObject({ ...verified, consumedAt, modifiedAt: consumedAt });
  });

  it('keeps what was verified when a wrong code follows', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    const before = await rowOf(sessionToken);
    const modifiedAt = later();

    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);

    expect(await rowOf(sessionToken)).toEqual({ ...before, failedAttempts: 1, modifiedAt });
    expect(await test.service.getVerifiedPhone(verificationToken)).toMatchObject({ phoneNumber: NUMBER });
  });

  it('keeps the verification token that was consumed when the code is given again', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);
    await test.service.consumeVerifiedPhone(verificationToken);
    const before = await rowOf(sessionToken);
    const modifiedAt = later();

    await test.service.verifySecurityCode(NUMBER, RIGHT_CODE, sessionToken);

    expect(await rowOf(sessionToken)).toEqual({ ...before, modifiedAt });
  });

  it('keeps no code and no full number that a receipt repeats', async () => {
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      await send(number, message);
      return { backend: `provider of ${message}`, messageId: `${number}/${RIGHT_CODE}` };
    };

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const { backend, messageId } = (await rowOf(sessionToken)) ?? {};
    expect(backend).toMatch(/^provider of .*\[redacted\]/);
    expect(messageId).toBe('+141******71/[redacted]');
    test.sandbox.sendSms = send;
  });

  it('loses nothing to a backend whose receipt does not fit', async () => {
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      await send(number, message);
      return { backend: 'b'.repeat(1000), messageId: 'ü'.repeat(1000) };
    };

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    expect(await rowOf(sessionToken)).toMatchObject({
      sendCount: 1,
      backend: 'b'.repeat(64),
      messageId: 'ü'.repeat(128),
    });
    test.sandbox.sendSms = send;
  });
});
