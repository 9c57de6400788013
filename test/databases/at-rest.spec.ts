import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResendRefusedError, SMSVerification, VerificationStatus } from '../../lib/index.js';
import { hashSecurityCode, unsealSecurityCode } from '../../lib/verification/security-code.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

const SECRET = 'a secret of thirty-two bytes or more';
const NEW_SECRET = 'another secret, given when the first one is rotated';

/** Every encoding in which a column could contain a text. */
function encodingsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [text, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
}

describe.each(databaseKinds)('the table on %s', (kind) => {
  const log = new QueryLog();
  let database: FreshDatabase;
  let test: TestApplication;
  let tokens: string[];
  let dump: string;

  beforeAll(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({ database: { ...database.options, logger: log } as never });
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.service.resendSecurityCode(NUMBER, sessionToken);
    await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken);
    const { verificationToken = '' } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await test.service.getVerifiedPhone(verificationToken);
    await test.service.consumeVerifiedPhone(verificationToken);
    tokens = [sessionToken, verificationToken];
    dump = JSON.stringify(await test.dataSource.query('SELECT * FROM sms_verification'));
  });

  afterAll(async () => {
    await test.close();
    await database.drop();
  });

  it('contains no code and no token in any encoding', () => {
    for (const secret of [CORRECT_CODE, ...tokens].flatMap(encodingsOf)) expect(dump).not.toContain(secret);
  });

  it('contains no unkeyed hash of any code of six digits', () => {
    const columns = new Set(dump.match(/[0-9a-f]{32,}/g));
    const codes = Array.from({ length: 1_000_000 }, (_, number) => String(number).padStart(6, '0'));
    expect(codes.filter((code) => columns.has(hash('sha256', code)))).toEqual([]);
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512']) {
      for (const text of [CORRECT_CODE, NUMBER + CORRECT_CODE, CORRECT_CODE + NUMBER]) {
        expect(dump).not.toContain(hash(algorithm, text));
      }
    }
  });

  it('is queried by statements without a code or a token in their parameters', () => {
    const logged = JSON.stringify(log.entries);

    expect(logged).toContain('UPDATE');
    for (const secret of [CORRECT_CODE, WRONG_CODE, ...tokens].flatMap(encodingsOf))
      expect(logged).not.toContain(secret);
  });
});

describe('an attacker who opened a session for a victim and reads the table', () => {
  async function readSession(
    secret?: string,
  ): Promise<{ token: string; session: SMSVerification; test: TestApplication }> {
    const test = await startApplication({ phoneVerify: secret === undefined ? {} : { secret } });
    const { sessionToken: token } = await test.service.sendSecurityCode(NUMBER);
    const [session] = await test.dataSource.getRepository(SMSVerification).find();
    if (session === undefined) throw new Error('no session');
    return { token, session, test };
  }

  it('can decrypt the code of that session if no secret is configured', async () => {
    const { token, session, test } = await readSession();
    const binding = { sessionToken: token, phoneNumber: NUMBER, purpose: '' };

    expect(unsealSecurityCode(binding, session.sealedCode, [''])).toBe(CORRECT_CODE);

    await test.close();
  });

  it('cannot decrypt the code if a secret is configured', async () => {
    const { token, session, test } = await readSession(SECRET);
    const binding = { sessionToken: token, phoneNumber: NUMBER, purpose: '' };

    expect(unsealSecurityCode(binding, session.sealedCode, ['', NEW_SECRET])).toBeNull();
    expect(hashSecurityCode(binding, CORRECT_CODE, '')).not.toBe(session.securityCode);

    await test.close();
  });

  it('cannot decrypt the code of another session, even with the secret', async () => {
    const { session, test } = await readSession(SECRET);

    for (const sessionToken of ['', session.sessionToken, session.id]) {
      const binding = { sessionToken, phoneNumber: NUMBER, purpose: '' };
      expect(unsealSecurityCode(binding, session.sealedCode, [SECRET])).toBeNull();
      expect(hashSecurityCode(binding, CORRECT_CODE, SECRET)).not.toBe(session.securityCode);
    }

    await test.close();
  });
});

describe.each(databaseKinds)('a rotated secret on %s', (kind) => {
  let database: FreshDatabase;

  beforeAll(async () => {
    database = await freshDatabase(kind);
  });

  afterAll(() => database.drop());

  async function openUnder(secret?: string | string[]): Promise<string> {
    const test = await startApplication({ database: database.options, phoneVerify: secret ? { secret } : {} });
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    await test.close();
    return sessionToken;
  }

  it('keeps open sessions valid while the old secret is listed', async () => {
    const token = await openUnder(SECRET);
    const test = await startApplication({
      database: database.options,
      phoneVerify: { secret: [NEW_SECRET, SECRET] },
    });

    await test.service.resendSecurityCode(NUMBER, token);
    expect(test.sandbox.lastCode(NUMBER)).toBe(CORRECT_CODE);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
    expect(status).toBe(VerificationStatus.Valid);

    await test.close();
  });

  it('is used for new sessions', async () => {
    const token = await openUnder([NEW_SECRET, SECRET]);
    const test = await startApplication({ database: database.options, phoneVerify: { secret: NEW_SECRET } });

    expect((await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token)).status).toBe(VerificationStatus.Valid);

    await test.close();
  });

  it.each([
    ['the old secret is not listed', SECRET, NEW_SECRET],
    ['there was no secret before', undefined, SECRET],
  ])('ends open sessions if %s', async (_case, before, after) => {
    const token = await openUnder(before);
    const test = await startApplication({ database: database.options, phoneVerify: { secret: after } });

    const resend = test.service.resendSecurityCode(NUMBER, token);
    await expect(resend).rejects.toThrow(new ResendRefusedError(VerificationStatus.Expired));
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, token);
    expect(status).toBe(VerificationStatus.Invalid);

    await test.close();
  });
});
