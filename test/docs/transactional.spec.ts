import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource, type DataSourceOptions, EntitySchema } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteDataSourceByName } from 'typeorm-transactional';
import {
  PhoneNotVerifiedException,
  PhoneVerificationService,
  PhoneVerifyModule,
  SandboxBackend,
  SMSVerification,
  SMSVerificationCounter,
} from '../../lib/index.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { NO_LIMITS } from '../support/limits.js';
import { NUMBER } from '../support/requests.js';
import { obtainToken } from '../support/verification-tokens.js';
import { type ExampleFiles, writeExamples } from './example-files.js';

const PAGE = 'docs/existing-application.md';

const User = new EntitySchema<{ id: number; phoneNumber: string }>({
  name: 'user',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    phoneNumber: { type: 'varchar', unique: true },
  },
});

interface Accounts {
  signUp(verificationToken: string): Promise<string>;
}

let examples: ExampleFiles;

beforeAll(() => {
  examples = writeExamples('docs-transactional');
});

afterAll(() => examples.remove());

describe.each(databaseKinds)('a transactional decorator on %s', (kind) => {
  let database: FreshDatabase;
  let app: INestApplicationContext;
  let service: PhoneVerificationService;

  beforeEach(async () => {
    database = await freshDatabase(kind);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    deleteDataSourceByName('default');
    await app.close();
    await database.drop();
  });

  /** Starts the example of one of the packages. */
  const STARTS: Readonly<Record<string, () => Promise<Accounts>>> = {
    'nestjs-cls': async () => {
      const { ClsAccountsModule, ClsAccountsService } = await examples.load(PAGE, 'cls-accounts.module.ts');
      await start({ imports: [ClsAccountsModule] });
      return app.get(ClsAccountsService, { strict: false });
    },
    'typeorm-transactional': async () => {
      const { dataSourceFactory } = await examples.load(PAGE, 'typeorm-transactional.ts');
      const { TypeormAccountsService } = await examples.load(PAGE, 'typeorm-accounts.service.ts');
      await start({ providers: [TypeormAccountsService] }, dataSourceFactory);
      return app.get(TypeormAccountsService);
    },
  };

  async function start(
    own: Parameters<typeof Test.createTestingModule>[0],
    dataSourceFactory?: (options?: DataSourceOptions) => Promise<DataSource>,
  ): Promise<void> {
    const useFactory = () => ({
      ...database.options,
      entities: [User, SMSVerification, SMSVerificationCounter],
      synchronize: true,
    });
    const module = await Test.createTestingModule({
      ...own,
      imports: [
        TypeOrmModule.forRootAsync({ useFactory, ...(dataSourceFactory && { dataSourceFactory }) }),
        PhoneVerifyModule.forRoot({
          backend: SandboxBackend,
          appName: 'Acme',
          cleanup: false,
          limits: NO_LIMITS,
          isGlobal: true,
        }),
        ...(own.imports ?? []),
      ],
    }).compile();
    app = await module.init();
    service = app.get(PhoneVerificationService, { strict: false });
  }

  describe.each(Object.entries(STARTS))('of %s', (_name, startExample) => {
    let accounts: Accounts;

    beforeEach(async () => {
      accounts = await startExample();
    });

    it('creates an account and consumes the verification token', async () => {
      const token = await obtainToken({ service });

      await expect(accounts.signUp(token)).resolves.toBe(NUMBER);

      await expect(accounts.signUp(token)).rejects.toThrow(PhoneNotVerifiedException);
      expect(await app.get(DataSource).getRepository(User).count()).toBe(1);
    });

    it('leaves the verification token usable if the transaction rolls back', async () => {
      const token = await obtainToken({ service });
      const users = app.get(DataSource).getRepository(User);
      await users.insert({ phoneNumber: NUMBER });

      await expect(accounts.signUp(token)).rejects.toThrow(/unique|duplicate/i);
      await users.clear();

      await expect(accounts.signUp(token)).resolves.toBe(NUMBER);
    });

    it.runIf(kind !== 'sqlite')('uses the token up in spite of a rollback without `manager`', async () => {
      const token = await obtainToken({ service });
      const users = app.get(DataSource).getRepository(User);
      await users.insert({ phoneNumber: NUMBER });
      const consume = service.consumeVerifiedPhone.bind(service);
      vi.spyOn(service, 'consumeVerifiedPhone').mockImplementation((given) => consume(given));

      await expect(accounts.signUp(token)).rejects.toThrow(/unique|duplicate/i);

      expect(await service.getVerifiedPhone(token)).toBeNull();
    });

    it.runIf(kind !== 'sqlite')('lets one of ten parallel requests with one verification token through', async () => {
      const token = await obtainToken({ service });

      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => accounts.signUp(token)));

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(reasons.every((reason) => reason instanceof PhoneNotVerifiedException)).toBe(true);
    });
  });
});
