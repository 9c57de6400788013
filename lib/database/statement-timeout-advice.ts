import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { StorageTimeout } from '../common/time.js';
import { Database } from './database.js';
import type { SqlDialect, Statement } from './sql-dialect.js';

/** Longest that the start of the application waits for this, in milliseconds. */
const MAX_WAIT_MS = 1000;

/** Where each server keeps its own limit on a statement: `0` where it has none. */
const SETTINGS: Readonly<Partial<Record<SqlDialect, { readonly name: string; readonly statement: Statement }>>> = {
  postgres: {
    name: 'statement_timeout',
    statement: { sql: `SELECT setting AS value FROM pg_settings WHERE name = 'statement_timeout'`, parameters: [] },
  },
  mariadb: {
    name: 'max_statement_time',
    statement: { sql: 'SELECT @@max_statement_time AS value', parameters: [] },
  },
};

/**
 * Recommends a limit of the server's own at startup. A statement that took too long is cancelled at the server, but a
 * cancel request may not reach it; the server's own limit needs no request.
 */
export class StatementTimeoutAdvice implements OnApplicationBootstrap {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly database: Database,
    private readonly timeoutMs: number,
  ) {}

  /** A server that cannot be asked stops nothing: its first request says so. */
  async onApplicationBootstrap(): Promise<void> {
    const setting = SETTINGS[this.database.dialect];
    if (setting === undefined) return;
    try {
      const timeout = new StorageTimeout(Math.min(MAX_WAIT_MS, this.timeoutMs));
      const { rows } = await this.database.run((run) => run(setting.statement, {}), timeout);
      if (Number(rows[0]?.['value']) > 0) return;
    } catch {
      return;
    }
    this.#logger.warn(
      `The database has no \`${setting.name}\` for this user. Set one a little below \`storage.timeoutMs\` (${this.timeoutMs} ms), ` +
        'for the data source or the user, so that the server itself ends statements that take too long.',
    );
  }
}
