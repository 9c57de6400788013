import { GroupCommit } from '../common/group-commit.js';
import { StorageTimeout } from '../common/time.js';
import { type Database, listParameters, type RowValues, withinStorageTimeout } from './database.js';
import type { Statement } from './sql-dialect.js';
import { isRefusedByServer } from './storage-failures.js';

/** What a grouped statement is. */
export interface GroupedStatementOptions<Values> {
  /** Builds the statement for a number of rows, whose parameters are those of {@link listParameters}. */
  readonly build: (count: number) => Statement;
  /** What no two rows of a group may share. */
  readonly keyOf: (values: Values) => unknown;
  /** `storage.timeoutMs`. The statement of a group has it, whatever time its requests have left. */
  readonly timeoutMs: number;
}

/** A statement that writes all rows that wait at the same time: see {@link GroupCommit}. */
export class GroupedStatement<Values extends RowValues> {
  readonly #group: GroupCommit<Values, void>;
  /** By the number of rows. */
  readonly #statements = new Map<number, Statement>();

  constructor(
    private readonly database: Database,
    private readonly options: GroupedStatementOptions<Values>,
  ) {
    this.#group = new GroupCommit((rows) => this.#write(rows), {
      keysOf: (values) => [options.keyOf(values)],
      canShareKeys: false,
      hasNoEffect: isRefusedByServer,
    });
  }

  /**
   * Writes a row and commits it. A row whose request ends before its group begins is not written.
   *
   * @throws {@link StorageUnavailableError} for every failure.
   */
  run(values: Values, timeout: StorageTimeout): Promise<void> {
    return withinStorageTimeout(timeout, (limit) => this.#group.add(values, limit));
  }

  async #write(rows: readonly Values[]): Promise<void[]> {
    const statement = this.#statement(rows.length);
    const values = listParameters(rows);
    await this.database.run((run) => run(statement, values), new StorageTimeout(this.options.timeoutMs));
    return rows.map(() => undefined);
  }

  #statement(count: number): Statement {
    const built = this.#statements.get(count) ?? this.options.build(count);
    this.#statements.set(count, built);
    return built;
  }
}
