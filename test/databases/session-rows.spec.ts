import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxBackend, SMSVerification } from '../../lib/index.js';
import { hashToken } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

/** Assigns ids to its messages, as providers do. */
class MessageIdBackend extends SandboxBackend {
  override async sendSms(number: string, message: string) {
    await super.sendSms(number, message);
    return { backend: 'provider', messageId: `message-${this.outbox.length}` };
  }
}

describe.each(databaseKinds)('the row of a session on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: database.options,
      phoneVerify: { backend: MessageIdBackend, verifyOnlyOnce: false },
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

  /** Advances the clock and returns its time. */
  function advanceClock(): Date {
    test.clock.advance(7);
    return new Date(test.clock.now());
  }

  it('records each send of its session, and of no other', async () => {
    const createdAt = advanceClock();
    const { sessionToken: other } = await test.service.sendSecurityCode(OTHER_NUMBER);
    const { sessionToken, expiresAt } = await test.service.sendSecurityCode(NUMBER);
    const sent = { sendCount: 1, lastSentAt: createdAt, backend: 'provider', messageId: 'message-2' };
    const opened = { phoneNumber: NUMBER, purpose: '', createdAt, expiresAt, failedAttempts: 0, isVerified: false };
    expect(await rowOf(sessionToken)).toMatchObject({ ...opened, ...sent, modifiedAt: createdAt, verifiedAt: null });

    const resentAt = advanceClock();
    await test.service.resendSecurityCode(NUMBER, sessionToken);

    const resent = { sendCount: 2, lastSentAt: resentAt, modifiedAt: resentAt, messageId: 'message-3' };
    expect(await rowOf(sessionToken)).toMatchObject({ ...opened, ...resent });
    expect(await rowOf(other)).toMatchObject({ sendCount: 1, lastSentAt: createdAt, messageId: 'message-1' });
  });

  it('records a wrong code, a correct code and the consumption of the verification token', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const triedAt = advanceClock();
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    const tried = { failedAttempts: 1, isVerified: false, verifiedAt: null, verificationToken: null };
    expect(await rowOf(sessionToken)).toMatchObject({ ...tried, modifiedAt: triedAt });

    const verifiedAt = advanceClock();
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const verified = {
      failedAttempts: 0,
      isVerified: true,
      verifiedAt,
      verificationToken: hashToken(verificationToken),
    };
    expect(await rowOf(sessionToken)).toMatchObject({ ...verified, modifiedAt: verifiedAt, consumedAt: null });

    const consumedAt = advanceClock();
    await test.service.consumeVerifiedPhone(verificationToken);
    expect(await rowOf(sessionToken)).toMatchObject({ ...verified, consumedAt, modifiedAt: consumedAt });
  });

  it('stays verified after a wrong code', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const before = await rowOf(sessionToken);
    const modifiedAt = advanceClock();

    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);

    expect(await rowOf(sessionToken)).toEqual({ ...before, failedAttempts: 1, modifiedAt });
    expect(await test.service.getVerifiedPhone(verificationToken)).toMatchObject({ phoneNumber: NUMBER });
  });

  it('keeps the consumed verification token when the code is checked again', async () => {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await test.service.consumeVerifiedPhone(verificationToken);
    const before = await rowOf(sessionToken);
    const modifiedAt = advanceClock();

    await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);

    expect(await rowOf(sessionToken)).toEqual({ ...before, modifiedAt });
  });

  it('contains no code and no full number that a receipt repeats', async () => {
    const send = test.sandbox.sendSms.bind(test.sandbox);
    test.sandbox.sendSms = async (number, message) => {
      await send(number, message);
      return { backend: `provider of ${message}`, messageId: `${number}/${CORRECT_CODE}` };
    };

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);

    const { backend, messageId } = (await rowOf(sessionToken)) ?? {};
    expect(backend).toMatch(/^provider of .*\[redacted\]/);
    expect(messageId).toBe('+141******71/[redacted]');
    test.sandbox.sendSms = send;
  });

  it('contains a shortened receipt if the values are too long', async () => {
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
