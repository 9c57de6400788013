import { Logger, type OnModuleInit } from '@nestjs/common';
import { StorageTimeout } from '../common/time.js';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import type { Database } from './database.js';
import type { EntityClass } from './required-data-source.js';
import type { SqlDialect } from './sql-dialect.js';

/** What a driver reports for a statement about a table or a column that does not exist. */
const MISSING: Readonly<Record<SqlDialect, { readonly table: RegExp; readonly column: RegExp }>> = {
  postgres: { table: /^42P01$/, column: /^42703$/ },
  mariadb: { table: /^ER_NO_SUCH_TABLE$/, column: /^ER_BAD_FIELD_ERROR$/ },
  // Its code is the same for both.
  sqlite: { table: /^no such table: /, column: /^no such column: / },
};

const ADVICE =
  'run `phoneVerifyMigrations`: add them to `migrations` of the data source, and set `migrationsRun: true` or run ' +
  '`typeorm migration:run`';

/** A table of the module and its columns, as the data source names them. */
interface ExpectedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Looks for the module's tables and columns when the application starts, so that no request is the first to miss one. */
export class SchemaCheck implements OnModuleInit {
  readonly #logger = new Logger('PhoneVerify');

  /** @param timeoutMs - The longest that the check waits for the database. */
  constructor(
    private readonly database: Database,
    private readonly entities: readonly EntityClass[],
    private readonly timeoutMs: number,
  ) {}

  /**
   * A database that cannot be asked stops nothing: it may be back before the first request.
   *
   * @throws {@link PhoneVerifyConfigurationError} with all tables and columns that are missing.
   */
  async onModuleInit(): Promise<void> {
    const timeout = new StorageTimeout(this.timeoutMs);
    const faults: string[] = [];
    try {
      for (const entity of this.entities) faults.push(...(await this.#faultsOf(this.#describe(entity), timeout)));
    } catch (error) {
      this.#logger.warn(
        `The tables could not be checked at the start, and requests fail until they can be used: ${reasonOf(error)}`,
      );
    }
    if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
  }

  #describe(entity: EntityClass): ExpectedTable {
    const { tablePath, columns } = this.database.dataSource.getMetadata(entity);
    return { name: tablePath, columns: columns.map(({ databaseName }) => databaseName) };
  }

  async #faultsOf({ name, columns }: ExpectedTable, timeout: StorageTimeout): Promise<string[]> {
    const found = await this.#select(name, columns, timeout);
    if (found === 'present') return [];
    if (found === 'no table') return [`dataSource: the table ${name} is missing; ${ADVICE}`];
    const missing: string[] = [];
    for (const column of columns) {
      if ((await this.#select(name, [column], timeout)) === 'no column') missing.push(column);
    }
    return [
      `dataSource: the table ${name} lacks the column${missing.length === 1 ? '' : 's'} ${missing.join(', ')}; ` +
        ADVICE,
    ];
  }

  async #select(
    table: string,
    columns: readonly string[],
    timeout: StorageTimeout,
  ): Promise<'present' | 'no table' | 'no column'> {
    const escape = (name: string): string => this.database.dataSource.driver.escape(name);
    // With the table's alias in front: SQLite reads the quoted name of an unknown column as a text.
    const selected = columns.map((column) => `${escape('checked')}.${escape(column)}`).join(', ');
    const path = table.split('.').map(escape).join('.');
    const sql = `SELECT ${selected} FROM ${path} ${escape('checked')} WHERE 1 = 0`;
    try {
      await this.database.run((run) => run({ sql, parameters: [] }, {}), timeout);
      return 'present';
    } catch (error) {
      const missing = MISSING[this.database.dialect];
      const texts = textsOf(error);
      if (texts.some((text) => missing.table.test(text))) return 'no table';
      if (texts.some((text) => missing.column.test(text))) return 'no column';
      throw error;
    }
  }
}

/** The driver's code and message. */
function textsOf(error: unknown): readonly string[] {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return [];
  return [...('code' in cause ? [String(cause.code)] : []), cause.message];
}

function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : String(error);
}
