import { TypeOrmModule } from '@nestjs/typeorm';
import { EntitySchema, QueryFailedError } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhoneNotVerifiedException } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { obtainToken } from '../support/verification-tokens.js';
import { NUMBER, OTHER_NUMBER } from '../support/requests.js';
import { type ExampleFiles, writeExamples } from './example-files.js';

const PAGE = 'docs/verified-routes.md';
const TAKEN = '+12133734253';
const ADA = { id: 'ada', phoneNumber: NUMBER };

/** The application's own entities, as the page names them. */
const User = new EntitySchema<{ id: string; phoneNumber: string }>({
  name: 'user',
  tableName: 'docs_user',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    phoneNumber: { type: 'varchar', length: 16, unique: true },
  },
});
const Session = new EntitySchema<{ id: string; userId: string }>({
  name: 'session',
  tableName: 'docs_session',
  columns: { id: { type: 'varchar', length: 36, primary: true }, userId: { type: 'varchar', length: 36 } },
});

/** What the page's controller takes as its body. */
interface Body {
  readonly current_verification_token: string;
  readonly verification_token: string;
}

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-change-phone');
});

afterAll(() => examples.remove());

describe.each(databaseKinds)('the change of number on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    test = await startApplication({
      database: database.options,
      imports: [TypeOrmModule.forFeature([User, Session])],
      phoneVerify: { purposes: ['change-phone', 'new-phone'] },
    });
    await test.dataSource.synchronize();
    await test.dataSource.manager.insert(User, [ADA, { id: 'bob', phoneNumber: TAKEN }]);
    const sessions = ['laptop', 'phone'].map((id) => ({ id, userId: 'ada' }));
    await test.dataSource.manager.insert(Session, [...sessions, { id: 'tablet', userId: 'bob' }]);
  });

  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  async function change(body: Body): Promise<string> {
    const { ChangePhoneController } = await examples.load(PAGE, 'change-phone.controller.ts');
    return new ChangePhoneController(test.service, test.dataSource).change({ user: ADA }, body);
  }

  async function bodyOf(currentNumber: string, newNumber: string): Promise<Body> {
    return {
      current_verification_token: await obtainToken(test, 'change-phone', currentNumber),
      verification_token: await obtainToken(test, 'new-phone', newNumber),
    };
  }

  const numberOfAda = async () => (await test.dataSource.manager.findOneBy(User, { id: 'ada' }))?.phoneNumber;
  const sessionIds = async () => (await test.dataSource.manager.find(Session)).map(({ id }) => id).toSorted();

  it('needs both numbers, once, and signs every browser of the account out', async () => {
    const body = await bodyOf(NUMBER, OTHER_NUMBER);

    expect(await change(body)).toBe(OTHER_NUMBER);
    expect(await numberOfAda()).toBe(OTHER_NUMBER);
    expect(await sessionIds()).toEqual(['tablet']);
    await expect(change(body)).rejects.toBeInstanceOf(PhoneNotVerifiedException);
  });

  it('to a number that is taken uses up neither token', async () => {
    const { current_verification_token, verification_token } = await bodyOf(NUMBER, TAKEN);

    const changed = change({ current_verification_token, verification_token });
    await expect(changed).rejects.toBeInstanceOf(QueryFailedError);

    const usable = [
      await test.service.getVerifiedPhone(current_verification_token, { purpose: 'change-phone' }),
      await test.service.getVerifiedPhone(verification_token, { purpose: 'new-phone' }),
    ];
    expect(usable).toEqual([
      expect.objectContaining({ phoneNumber: NUMBER }),
      expect.objectContaining({ phoneNumber: TAKEN }),
    ]);
    expect(await sessionIds()).toEqual(['laptop', 'phone', 'tablet']);
  });

  it('with the token of another number than the current one changes nothing', async () => {
    const body = await bodyOf(TAKEN, OTHER_NUMBER);

    await expect(change(body)).rejects.toBeInstanceOf(PhoneNotVerifiedException);
    expect(await numberOfAda()).toBe(NUMBER);
    expect(await sessionIds()).toEqual(['laptop', 'phone', 'tablet']);
  });

  it('with the new number alone changes nothing', async () => {
    const verification_token = await obtainToken(test, 'new-phone', OTHER_NUMBER);

    const body = { current_verification_token: verification_token, verification_token };
    await expect(change(body)).rejects.toBeInstanceOf(PhoneNotVerifiedException);
    expect(await numberOfAda()).toBe(NUMBER);
  });
});
