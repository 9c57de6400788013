import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSourceOptions } from '../../sample-app/src/configuration.js';
import { CreateSession1764000000002 } from '../../sample-app/src/sessions/create-session.migration.js';
import { User } from '../../sample-app/src/users/user.entity.js';
import { databaseKinds, type FreshDatabase, freshDatabase } from '../support/databases.js';

describe.each(databaseKinds)('the migrations of the sample on %s', (kind) => {
  let database: FreshDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await freshDatabase(kind);
    const { entities = [], migrations = [] } = dataSourceOptions(undefined);
    dataSource = await new DataSource({ ...database.options, entities, migrations, migrationsRun: true }).initialize();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('create what the entities describe', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();

    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it("keep the accounts of the sample's first version", async () => {
    const runner = dataSource.createQueryRunner();
    const migration = new CreateSession1764000000002();
    await migration.down(runner);
    await runner.query("INSERT INTO sample_user (id, username, phone_number) VALUES ('1', 'ada', '+14155552671')");

    await migration.up(runner);
    await runner.release();

    expect(await dataSource.manager.findOneBy(User, { username: 'ada' })).toEqual({
      id: '1',
      username: 'ada',
      phoneNumber: '+14155552671',
      phoneVerifiedAt: null,
    });
  });
});
