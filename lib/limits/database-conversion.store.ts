import type { StorageTimeout } from '../common/time.js';
import { type Database, listParameters, type Row } from '../database/database.js';
import { describeTable } from '../database/sql-table.js';
import {
  BLOCK_PREFIX,
  type ConversionStatements,
  conversionStatements,
  readBlocksStatement,
} from './conversion.statements.js';
import {
  type ConversionBlock,
  type ConversionCount,
  conversionKey,
  type ConversionStore,
  type ConversionWindow,
} from './conversion.store.js';
import { byKey } from './charge-group.js';
import type { CounterTable } from './limit.statements.js';
import { SMSVerificationCounter } from './sms-verification-counter.entity.js';

/** Stores the counts and blocks in the table of the counters: each block is a counter whose window is the block. */
export class DatabaseConversionStore implements ConversionStore {
  readonly #table: CounterTable;
  readonly #readBlocks: ReturnType<typeof readBlocksStatement>;
  readonly #many = new Map<number, ConversionStatements>();
  /** MySQL has no `RETURNING`. TypeORM's type `mysql` is used for MariaDB too. */
  readonly #canReturn: boolean;

  /** @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity. */
  constructor(private readonly database: Database) {
    this.#table = describeTable(database.dataSource, SMSVerificationCounter);
    this.#readBlocks = readBlocksStatement(this.#table);
    this.#canReturn = database.dataSource.options.type !== 'mysql';
  }

  async add(
    counts: readonly ConversionCount[],
    { now, windowMs }: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<readonly ConversionCount[]> {
    if (counts.length === 0) return [];
    const rows = counts
      .map(({ subject, sent, verified, addresses }) => ({
        key: conversionKey(subject, windowMs),
        sent,
        verified,
        addresses,
        windowEndsAt: now + windowMs,
      }))
      .toSorted(byKey);
    const values = { ...listParameters(rows), now };
    const statements = this.#statements(rows.length);
    const counted = await this.database.run(async (run) => {
      const added = await run(statements.add, values);
      return (this.#canReturn ? added : await run(statements.read, values)).rows;
    }, timeout);
    return counted.map((row) => readCount(row, windowMs));
  }

  async block(
    subjects: readonly string[],
    endsAt: number,
    { now, windowMs }: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<void> {
    if (subjects.length === 0) return;
    const blocks = subjects.map((subject) => ({ key: BLOCK_PREFIX + subject })).toSorted(byKey);
    const counts = subjects.map((subject) => ({ key: conversionKey(subject, windowMs) })).toSorted(byKey);
    const { block, clear } = this.#statements(subjects.length);
    await this.database.run((run) => run(block, { ...listParameters(blocks), now, endsAt }), timeout);
    await this.database.run((run) => run(clear, listParameters(counts)), timeout);
  }

  async readBlocks(now: number, timeout: StorageTimeout): Promise<readonly ConversionBlock[]> {
    const { rows } = await this.database.run((run) => run(this.#readBlocks, { now }), timeout);
    return rows.map((row) => ({
      subject: String(row['key']).slice(BLOCK_PREFIX.length),
      endsAt: Number(row['windowEndsAt']),
    }));
  }

  #statements(count: number): ConversionStatements {
    const built = this.#many.get(count) ?? conversionStatements(this.#table, count, this.#canReturn);
    this.#many.set(count, built);
    return built;
  }
}

function readCount(row: Row, windowMs: number): ConversionCount {
  return {
    subject: String(row['key']).slice(conversionKey('', windowMs).length),
    sent: Number(row['used']),
    verified: Number(row['verified']),
    addresses: Number(row['addresses']),
  };
}
