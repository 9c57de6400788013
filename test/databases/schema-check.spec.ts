import { Logger } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  PhoneVerifyConfigurationError,
  phoneVerifyMigrations,
  SMSVerification,
  SMSVerificationCounter,
} from '../../lib/index.js';
import { Database } from '../../lib/database/database.js';
import { SchemaCheck } from '../../lib/database/schema-check.js';
import { databaseKinds, type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { RecordedLogs } from '../support/logs.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const ENTITIES = [SMSVerification, SMSVerificationCounter];
const TIMEOUT_MS = 400;

let logs: RecordedLogs;

beforeEach(() => {
  logs = new RecordedLogs();
  Logger.overrideLogger(logs);
});

afterEach(() => Logger.overrideLogger(false));

async function open(options: DataSourceOptions): Promise<DataSource> {
  return new DataSource({ ...options, entities: ENTITIES, migrations: phoneVerifyMigrations }).initialize();
}

async function faultsIn(dataSource: DataSource, timeoutMs = 5000): Promise<readonly string[]> {
  try {
    await new SchemaCheck(new Database(dataSource, { preparedStatements: false }), ENTITIES, timeoutMs).onModuleInit();
    return [];
  } catch (error) {
    if (error instanceof PhoneVerifyConfigurationError) return error.faults;
    throw error;
  }
}

/** What to do about it. */
const ADVICE =
  'run `phoneVerifyMigrations`: add them to `migrations` of the data source, and set `migrationsRun: true` or run ' +
  '`typeorm migration:run`';

describe.each(databaseKinds)('the check of the tables at the start, on %s,', (kind) => {
  let database: FreshDatabase;
  let dataSource: DataSource;

  const rename = (table: string, from: string, to: string): Promise<unknown> => {
    const escape = (name: string): string => dataSource.driver.escape(name);
    return dataSource.query(`ALTER TABLE ${escape(table)} RENAME COLUMN ${escape(from)} TO ${escape(to)}`);
  };

  beforeEach(async () => {
    database = await freshDatabase(kind);
    dataSource = await open(database.options);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('finds nothing wrong with migrated tables', async () => {
    await dataSource.runMigrations();

    expect(await faultsIn(dataSource)).toEqual([]);
    expect(logs.text).not.toContain('could not be checked');
  });

  it('names all missing tables and the migrations to run', async () => {
    expect(await faultsIn(dataSource)).toEqual([
      `dataSource: the table sms_verification is missing; ${ADVICE}`,
      `dataSource: the table sms_verification_counter is missing; ${ADVICE}`,
    ]);
  });

  it('names all missing columns and the migrations to run', async () => {
    await dataSource.runMigrations();
    await rename('sms_verification', 'sealed_code', 'x');
    await rename('sms_verification', 'consumed_at', 'y');
    await rename('sms_verification_counter', 'addresses', 'z');

    expect(await faultsIn(dataSource)).toEqual([
      `dataSource: the table sms_verification lacks the columns sealed_code, consumed_at; ${ADVICE}`,
      `dataSource: the table sms_verification_counter lacks the column addresses; ${ADVICE}`,
    ]);
  });
});

describe.each(serverKinds())('the check of the tables warns and lets the application start, on %s,', (kind) => {
  let database: FreshDatabase;
  let proxy: TcpProxy;
  let dataSource: DataSource;

  const connectTimeout = kind === 'postgres' ? { connectTimeoutMS: TIMEOUT_MS } : { connectTimeout: TIMEOUT_MS };

  beforeEach(async () => {
    database = await freshDatabase(kind);
    const proxied = await TcpProxy.start(database.options);
    ({ proxy } = proxied);
    dataSource = await open({ ...proxied.options, ...connectTimeout });
  });

  afterEach(async () => {
    // A pool with a connection that was closed while it waited may reject.
    await dataSource.destroy().catch(() => undefined);
    await proxy.stop();
    await database.drop();
  });

  it('if the database refuses connections', async () => {
    await proxy.refuse();

    expect(await faultsIn(dataSource, TIMEOUT_MS)).toEqual([]);
    expect(logs.text).toMatch(/warn: The tables could not be checked at the start, .*: Connection/);
  });

  it('if the database says nothing in time', async () => {
    proxy.freeze();

    expect(await faultsIn(dataSource, TIMEOUT_MS)).toEqual([]);
    expect(logs.text).toContain('warn: The tables could not be checked at the start');
  });

  it('if the user may not read a table', async () => {
    await dataSource.runMigrations();
    const user = `phone_verify_${process.pid}`;
    const [create, grant, drop] =
      kind === 'postgres'
        ? [
            `CREATE ROLE ${user} LOGIN`,
            `GRANT CONNECT ON DATABASE ${String(dataSource.driver.database)} TO ${user}`,
            `DROP OWNED BY ${user}; DROP ROLE ${user}`,
          ]
        : [
            `CREATE USER ${user}@'%'`,
            `GRANT INSERT ON ${String(dataSource.driver.database)}.* TO ${user}@'%'`,
            `DROP USER ${user}@'%'`,
          ];
    await dataSource.query(create ?? '');
    await dataSource.query(grant ?? '');
    const url = new URL(String('url' in database.options && database.options.url));
    url.username = user;
    url.password = '';
    const restricted = await open({ ...database.options, url: url.href } as DataSourceOptions);

    const faults = await faultsIn(restricted);
    await restricted.destroy();
    for (const statement of (drop ?? '').split('; ')) await dataSource.query(statement);

    expect(faults).toEqual([]);
    expect(logs.text).toMatch(/warn: The tables could not be checked at the start, .*denied/);
  });
});
