import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { StorageTimeout } from '../common/time.js';
import { Database } from './database.js';
import type { SqlDialect, Statement } from './sql-dialect.js';

/** Maximum time that this query may delay the startup, in milliseconds. */
const MAX_WAIT_MS = 1000;

/** The server setting that limits the time of a statement; `0` means no limit. */
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
 * Recommends a statement timeout on the server, at startup. The library cancels statements that exceed its time limit,
 * but a cancel request may not reach the server. The server's own timeout needs no request.
 */
export class StatementTimeoutAdvice implements OnApplicationBootstrap {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly database: Database,
    private readonly timeoutMs: number,
  ) {}

  /** Ignores errors: if the database is unavailable, the first request reports it. */
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
      `The database has no \`${setting.name}\` for this user. Set it slightly below \`storage.timeoutMs\` (${this.timeoutMs} ms), ` +
        'for the data source or the user, so that the server itself cancels statements that take too long.',
    );
  }
}
