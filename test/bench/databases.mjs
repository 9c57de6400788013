// Databases of the benchmark's own, one for each server under test.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';

/** A connection to a database server, which creates and drops databases. */
export class DatabaseServer {
  #administration;

  constructor(
    /** `postgres`, `mariadb` or `sqlite`. */
    kind,
    url,
  ) {
    this.kind = kind;
    this.url = url;
    this.#administration = new DataSource(
      kind === 'sqlite'
        ? { type: 'better-sqlite3', driver: createRequire(import.meta.url)('libsql'), database: ':memory:' }
        : { type: kind, url },
    );
  }

  async connect() {
    await this.#administration.initialize();
  }

  /** Whether the server runs on this machine. */
  get isLocal() {
    return this.kind !== 'sqlite' && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(this.url).hostname);
  }

  query(sql, parameters) {
    return this.#administration.query(sql, parameters);
  }

  async version() {
    const [row] = await this.query(`SELECT ${this.kind === 'sqlite' ? 'sqlite_version' : 'version'}() AS version`);
    return this.kind === 'postgres' ? row.version.split(' ').slice(0, 2).join(' ') : `${this.kind} ${row.version}`;
  }

  /** Creates an empty database. Its options can be sent to another process, which adds the driver of SQLite. */
  async create() {
    if (this.kind === 'sqlite') {
      const folder = mkdtempSync(join(tmpdir(), 'phone-verify-bench-'));
      return {
        name: folder,
        options: { type: 'better-sqlite3', database: join(folder, 'bench.sqlite') },
        drop: async () => rmSync(folder, { recursive: true, force: true }),
      };
    }
    const name = `phone_verify_bench_${randomUUID().replaceAll('-', '')}`;
    await this.query(`CREATE DATABASE ${name}`);
    const url = new URL(this.url);
    url.pathname = name;
    return {
      name,
      options: { type: this.kind, url: url.href },
      drop: () => this.query(`DROP DATABASE ${name}${this.kind === 'postgres' ? ' WITH (FORCE)' : ''}`),
    };
  }

  async close() {
    await this.#administration.destroy();
  }
}

/** Deletes the keys of a prefix. */
export async function deleteRedisKeys(url, prefix) {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await client.del(...keys);
    }
  } finally {
    await client.quit();
  }
}
