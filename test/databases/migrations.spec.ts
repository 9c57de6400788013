import { DataSource, type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { phoneVerifyMigrations, SMSVerification, SMSVerificationCounter } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
import { databaseKinds, freshDatabase, serverKinds } from '../support/databases.js';
import { NUMBER, CORRECT_CODE } from '../support/requests.js';

/** Changes every name that is not given explicitly. */
class UpperCaseNamingStrategy extends DefaultNamingStrategy {
  override tableName(className: string, customName: string | undefined): string {
    return customName ?? className.toUpperCase();
  }

  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? propertyName.toUpperCase();
  }

  override primaryKeyName(): string {
    return 'PRIMARY_KEY_OF_THE_STRATEGY';
  }

  override indexName(): string {
    return 'INDEX_OF_THE_STRATEGY';
  }
}

async function connect(options: DataSourceOptions): Promise<DataSource> {
  const own = { entities: [SMSVerification, SMSVerificationCounter], migrations: phoneVerifyMigrations };
  return new DataSource({ ...options, ...own }).initialize();
}

/** The statements with which TypeORM would synchronise the schema with the entities. */
async function differences(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

describe.each(databaseKinds)('the migrations on %s', (kind) => {
  it.each([
    ['the default naming strategy', undefined],
    ['a naming strategy that keeps explicit names', new UpperCaseNamingStrategy()],
  ])(
    'create the schema of the entities, and can be reverted and run again, under %s',
    async (_name, namingStrategy) => {
      const database = await freshDatabase(kind);
      const dataSource = await connect({ ...database.options, ...(namingStrategy && { namingStrategy }) });

      await dataSource.runMigrations();
      expect(await differences(dataSource)).toEqual([]);
      for (let undone = 0; undone < phoneVerifyMigrations.length; undone++) await dataSource.undoLastMigration();
      expect(await differences(dataSource)).not.toEqual([]);
      await dataSource.runMigrations();
      expect(await differences(dataSource)).toEqual([]);

      await dataSource.destroy();
      await database.drop();
    },
  );

  it('change nothing when the application starts again, and keep the rows', async () => {
    const database = await freshDatabase(kind);
    const first = await startApplication({ database: database.options });
    const { sessionToken } = await first.service.sendSecurityCode(NUMBER);
    await first.close();

    const second = await startApplication({ database: database.options });
    const { status } = await second.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    await second.close();
    await database.drop();

    expect(status).toBe('security_code_valid');
  });

  it('do not differ from the schema that `synchronize` creates', async () => {
    const database = await freshDatabase(kind);
    const dataSource = await connect(database.options);
    await dataSource.synchronize();

    expect(await differences(dataSource)).toEqual([]);

    await dataSource.destroy();
    await database.drop();
  });
});

describe.each(serverKinds().filter((kind) => kind === 'postgres'))('the migrations on %s', (kind) => {
  it('use the schema of the data source', async () => {
    const database = await freshDatabase(kind);
    const admin = await new DataSource(database.options).initialize();
    await admin.query('CREATE SCHEMA accounts');
    await admin.destroy();
    const test = await startApplication({ database: { ...database.options, schema: 'accounts' } as DataSourceOptions });

    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    const rows = await test.dataSource.query('SELECT id FROM accounts.sms_verification');
    const rest = await differences(test.dataSource);
    await test.close();
    await database.drop();

    expect(status).toBe('security_code_valid');
    expect(rows).toHaveLength(1);
    expect(rest).toEqual([]);
  });
});
