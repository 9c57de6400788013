import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type DatabaseKind, databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NUMBER, CORRECT_CODE, WRONG_CODE } from '../support/requests.js';

/** A trigger or a feature that runs with each change of a row, as an operator may set it up. */
interface Addition {
  readonly name: string;
  readonly setUp: readonly string[];
}

const AUDITED = ['sms_verification', 'sms_verification_counter'];

function onMariadb(name: string, time: string, body: string): Addition {
  return {
    name,
    setUp: [
      'CREATE TABLE audit (id bigint AUTO_INCREMENT PRIMARY KEY, note varchar(64))',
      "INSERT INTO audit (note) VALUES ('one'), ('two')",
      ...AUDITED.map((table, index) => `CREATE TRIGGER audit_${index} ${time} ON ${table} FOR EACH ROW ${body}`),
    ],
  };
}

function onPostgres(name: string, time: string): Addition {
  return {
    name,
    setUp: [
      'CREATE TABLE audit (id bigserial PRIMARY KEY, note text)',
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit (note) VALUES (TG_OP); RETURN NEW; END $$`,
      ...AUDITED.map((table) => `CREATE TRIGGER audit ${time} ON ${table} FOR EACH ROW EXECUTE FUNCTION note()`),
    ],
  };
}

function onSqlite(name: string, time: string): Addition {
  return {
    name,
    setUp: [
      'CREATE TABLE audit (id integer PRIMARY KEY AUTOINCREMENT, note text)',
      ...AUDITED.map(
        (table, index) =>
          `CREATE TRIGGER audit_${index} ${time} ON ${table} BEGIN INSERT INTO audit (note) VALUES ('${time}'); END`,
      ),
    ],
  };
}

const AUDIT = "INSERT INTO audit (note) VALUES ('changed')";

const ADDITIONS: Readonly<Record<DatabaseKind, readonly Addition[]>> = {
  mariadb: [
    onMariadb('a trigger that sets a variable', 'AFTER UPDATE', 'SET @x = 1'),
    onMariadb('an audit trigger after an update', 'AFTER UPDATE', AUDIT),
    onMariadb('an audit trigger before an update', 'BEFORE UPDATE', AUDIT),
    onMariadb('an audit trigger after an insert', 'AFTER INSERT', AUDIT),
    onMariadb('a trigger with an insert id of its own', 'AFTER UPDATE', 'SET @x = LAST_INSERT_ID(3)'),
    { name: 'system versioning', setUp: AUDITED.map((table) => `ALTER TABLE ${table} ADD SYSTEM VERSIONING`) },
  ],
  postgres: [
    onPostgres('an audit trigger after a change', 'AFTER INSERT OR UPDATE'),
    onPostgres('an audit trigger before a change', 'BEFORE INSERT OR UPDATE'),
  ],
  sqlite: [
    onSqlite('an audit trigger after an update', 'AFTER UPDATE'),
    onSqlite('an audit trigger before an insert', 'BEFORE INSERT'),
  ],
};

describe.each(databaseKinds.flatMap((kind) => ADDITIONS[kind].map((addition) => ({ kind, addition }))))(
  'with $addition.name on $kind,',
  ({ kind, addition: { setUp } }) => {
    let database: FreshDatabase;
    let test: TestApplication;

    beforeEach(async () => {
      database = await freshDatabase(kind);
      test = await startApplication({
        database: database.options,
        phoneVerify: { limits: { resendAfter: false, perNumber: [{ max: 2, seconds: 3600 }] } },
      });
      for (const statement of setUp) await test.dataSource.query(statement);
    });

    afterEach(async () => {
      await test.close();
      await database.drop();
    });

    it('a check has the same results as without it', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
      const check = (code: string) => test.service.verifySecurityCode(NUMBER, code, sessionToken);

      expect(await check(WRONG_CODE)).toMatchObject({ status: VerificationStatus.Invalid, attemptsLeft: 4 });
      expect(await check(WRONG_CODE)).toMatchObject({ status: VerificationStatus.Invalid, attemptsLeft: 3 });
      const { status, verificationToken = '' } = await check(CORRECT_CODE);
      expect(status).toBe(VerificationStatus.Valid);
      expect(await check(CORRECT_CODE)).toMatchObject({ status: VerificationStatus.Verified });

      expect(await test.service.consumeVerifiedPhone(verificationToken)).toMatchObject({ phoneNumber: NUMBER });
      expect(await test.service.consumeVerifiedPhone(verificationToken)).toBeNull();
    });

    it('a session still locks after its last attempt', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
      const statuses: string[] = [];
      for (let attempt = 0; attempt < 6; attempt++) {
        statuses.push((await test.service.verifySecurityCode(NUMBER, WRONG_CODE, sessionToken)).status);
      }

      expect(statuses).toEqual([
        ...Array.from({ length: 5 }, () => VerificationStatus.Invalid),
        VerificationStatus.TooManyAttempts,
      ]);
    });

    it('one of fifty parallel correct codes is valid', async () => {
      const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
      const results = await Promise.all(
        Array.from({ length: 50 }, () => test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken)),
      );

      expect(results.filter(({ status }) => status === VerificationStatus.Valid)).toHaveLength(1);
      expect(results.filter(({ status }) => status === VerificationStatus.Verified)).toHaveLength(49);
    });

    it('a limit lets exactly its maximum through', async () => {
      for (let send = 0; send < 2; send++) await test.service.sendSecurityCode(NUMBER);

      await expect(test.service.sendSecurityCode(NUMBER)).rejects.toMatchObject({ code: 'rate_limited' });
    });
  },
);
