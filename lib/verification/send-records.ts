import { StorageTimeout, type TimeLimit } from '../common/time.js';
import { type Database, listParameters } from '../database/database.js';
import { GroupCommit } from '../database/group-commit.js';
import { SMSVerification } from '../database/sms-verification.entity.js';
import type { Statement } from '../database/sql-dialect.js';
import { describeTable } from '../database/sql-table.js';
import { sendRecordStatement, type SendRecord, type SendRecordTable } from './send-record.statements.js';

/** Records sends in the rows of their sessions: those that wait at the same time, with one statement. */
export class SendRecords {
  readonly #table: SendRecordTable;
  readonly #group: GroupCommit<SendRecord, void>;
  /** By the number of records. */
  readonly #statements = new Map<number, Statement>();

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(
    private readonly database: Database,
    private readonly timeoutMs: number,
  ) {
    this.#table = describeTable(database.dataSource, SMSVerification);
    this.#group = new GroupCommit(
      (records) => this.#update(records),
      ({ id }) => id,
    );
  }

  /** Records a send. */
  async add(record: SendRecord, limit: TimeLimit): Promise<void> {
    await this.#group.add(record, limit);
  }

  async #update(records: readonly SendRecord[]): Promise<void[]> {
    const statement = this.#statement(records.length);
    const values = listParameters(
      this.#table.dialect,
      records.map((record) => ({ ...record })),
    );
    await this.database.run((run) => run(statement, values), new StorageTimeout(this.timeoutMs));
    return records.map(() => undefined);
  }

  #statement(count: number): Statement {
    const built = this.#statements.get(count) ?? sendRecordStatement(this.#table, count);
    this.#statements.set(count, built);
    return built;
  }
}
