import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';

export type DatabaseKind = 'sqlite' | 'postgres' | 'mariadb';

/** An empty database of its own. */
export interface FreshDatabase {
  readonly options: DataSourceOptions;
  drop(): Promise<void>;
}

/** Where the servers are. Without an address a server's tests are left out, and the run says so. */
const SERVERS = { postgres: process.env['TEST_POSTGRES_URL'], mariadb: process.env['TEST_MARIADB_URL'] };

/** The databases that this run has. */
export const databaseKinds: readonly DatabaseKind[] = ['sqlite', ...serverKinds()];

/** Of {@link databaseKinds}, the servers: those that many processes and connections use at once. */
export function serverKinds(): ('postgres' | 'mariadb')[] {
  return (['postgres', 'mariadb'] as const).filter((kind) => SERVERS[kind]);
}

/** Of all databases, those that this run does not have. */
export function missingKinds(): DatabaseKind[] {
  return (['postgres', 'mariadb'] as const).filter((kind) => !SERVERS[kind]);
}

/** Makes an empty database. */
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

/** Runs one statement beside the databases under test. */
export async function administrate(kind: 'postgres' | 'mariadb', sql: string): Promise<void> {
  const dataSource = new DataSource({ type: kind, url: SERVERS[kind] ?? '' });
  await dataSource.initialize();
  try {
    await dataSource.query(sql);
  } finally {
    await dataSource.destroy();
  }
}
