import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BaseBackend, ResendRefusedError, VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';

const { Valid, Invalid, SessionTokenInvalid } = VerificationStatus;

interface Opened {
  readonly number: string;
  readonly token: string;
  readonly code: string;
}

/** Uses codes that the library generates, so that each session has a different one. */
class CodeRecorder extends BaseBackend {
  readonly codes: string[] = [];

  override async sendSms(_number: string, message: string): Promise<void> {
    this.codes.push(/\d{6}/.exec(message)?.[0] ?? '');
  }
}

describe.each(databaseKinds)('the binding of codes and tokens on %s', (kind) => {
  const backend = new CodeRecorder({});
  let database: FreshDatabase;
  let test: TestApplication;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: database.options, phoneVerify: { backend } });
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  async function open(number: string): Promise<Opened> {
    const { sessionToken: token } = await test.service.sendSecurityCode(number);
    return { number, token, code: backend.codes.at(-1) ?? '' };
  }

  /** Opens two sessions with different codes. */
  async function openTwo(numbers: readonly [string, string]): Promise<[Opened, Opened]> {
    for (;;) {
      const [one, other] = [await open(numbers[0]), await open(numbers[1])];
      if (one.code !== other.code) return [one, other];
    }
  }

  async function check(number: string, token: string, code: string): Promise<VerificationStatus> {
    return (await test.service.verifySecurityCode(number, code, token)).status;
  }

  it('rejects the code of one number in the session of another', async () => {
    const [one, other] = await openTwo([NUMBER, OTHER_NUMBER]);

    expect(await check(one.number, one.token, other.code)).toBe(Invalid);
    expect(await check(other.number, one.token, other.code)).toBe(SessionTokenInvalid);
    expect(await check(other.number, one.token, one.code)).toBe(SessionTokenInvalid);
    expect(await check(one.number, one.token, one.code)).toBe(Valid);
    expect(await check(other.number, other.token, other.code)).toBe(Valid);
  });

  it('rejects the code of one session in another session of the same number', async () => {
    const [one, other] = await openTwo([NUMBER, NUMBER]);

    expect(await check(NUMBER, one.token, other.code)).toBe(Invalid);
    expect(await check(NUMBER, other.token, one.code)).toBe(Invalid);
    expect(await check(NUMBER, one.token, one.code)).toBe(Valid);
    expect(await check(NUMBER, other.token, other.code)).toBe(Valid);
  });

  it('resends the code of the session, and only for its number', async () => {
    const [one] = await openTwo([NUMBER, NUMBER]);

    await test.service.resendSecurityCode(NUMBER, one.token);
    expect(backend.codes.at(-1)).toBe(one.code);
    const sent = backend.codes.length;
    await expect(test.service.resendSecurityCode(OTHER_NUMBER, one.token)).rejects.toThrow(
      new ResendRefusedError(SessionTokenInvalid),
    );
    expect(backend.codes).toHaveLength(sent);
  });

  it('rejects every code if a row contains the code columns of another session', async () => {
    const [one, other] = await openTwo([NUMBER, OTHER_NUMBER]);
    const columns = 'security_code, sealed_code';
    const [own]: { security_code: string; sealed_code: string }[] = await test.dataSource.query(
      `SELECT ${columns} FROM sms_verification WHERE phone_number = '${OTHER_NUMBER}' ORDER BY created_at DESC LIMIT 1`,
    );
    await test.dataSource.query(
      `UPDATE sms_verification SET security_code = '${own?.security_code}', sealed_code = '${own?.sealed_code}'
        WHERE phone_number = '${NUMBER}'`,
    );

    await expect(test.service.resendSecurityCode(NUMBER, one.token)).rejects.toThrow(ResendRefusedError);
    expect(await check(NUMBER, one.token, other.code)).toBe(Invalid);
    expect(await check(NUMBER, one.token, one.code)).toBe(Invalid);
  });

  it('rejects a verification token that was cut, recased or padded', async () => {
    const { token, code } = await open(NUMBER);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, code, token);
    const recased = verificationToken.replace(/[a-z]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );

    for (const other of [
      verificationToken.slice(0, -1),
      recased,
      `${verificationToken}=`,
      ` ${verificationToken}`,
      token,
    ]) {
      expect(await test.service.consumeVerifiedPhone(other)).toBeNull();
    }
    expect(await test.service.consumeVerifiedPhone(verificationToken)).toMatchObject({ phoneNumber: NUMBER });
  });
});
