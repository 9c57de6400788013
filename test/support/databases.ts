import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb';

/** A new, empty database. */
export interface FreshDatabase {
  readonly options: DataSourceOptions;
  drop(): Promise<void>;
}

/** URLs of the servers. Without a URL, the tests of a server are skipped, which the run reports at its end. */
const SERVERS = { postgres: process.env['TEST_POSTGRES_URL'], mariadb: process.env['TEST_MARIADB_URL'] };

/** The databases that are available in this run. */
export const databaseKinds: readonly DatabaseKind[] = ['sqlite', ...serverKinds()];

/** The database servers of {@link databaseKinds}, which support many processes and parallel connections. */
export function serverKinds(): ('postgres' | 'mariadb')[] {
  return (['postgres', 'mariadb'] as const).filter((kind) => SERVERS[kind]);
}

/** The databases that are not available in this run. */
export function missingKinds(): DatabaseKind[] {
  return (['postgres', 'mariadb'] as const).filter((kind) => !SERVERS[kind]);
}

/** Creates an empty database. */
export async function freshDatabase(kind: DatabaseKind): Promise<FreshDatabase> {
  return kind === 'sqlite' ? freshFile() : freshOnServer(kind);
}

function freshFile(): FreshDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'phone-verify-'));
  const driver: unknown = createRequire(import.meta.url)(process.env['TEST_SQLITE_DRIVER'] ?? 'libsql');
  return {
    options: { type: 'better-sqlite3', driver, database: join(folder, 'test.sqlite') },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function freshOnServer(kind: 'postgres' | 'mariadb'): Promise<FreshDatabase> {
  const name = `phone_verify_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(SERVERS[kind] ?? '');
  await administrate(kind, `CREATE DATABASE ${name}`);
  url.pathname = name;
  return {
    options: { type: kind, url: url.href },
    drop: () => administrate(kind, `DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`),
  };
}

/** Runs one statement on the server, outside the databases under test. */
export async function administrate(kind: 'postgres' | 'mariadb', sql: string): Promise<void> {
  const dataSource = new DataSource({ type: kind, url: SERVERS[kind] ?? '' });
  await dataSource.initialize();
  try {
    await dataSource.query(sql);
  } finally {
    await dataSource.destroy();
  }
}
