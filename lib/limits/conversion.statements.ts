import { givenRows, prepare, type Statement } from '../database/sql-dialect.js';
import { MAX_BLOCKS } from './conversion.store.js';
import { clearText, conflictColumns, type CounterTable, nextEnd, upsertText } from './limit.statements.js';

/** Statements about a number of subjects, with lists of their columns. */
export interface ConversionStatements {
  readonly add: Statement;
  readonly read: Statement;
  readonly block: Statement;
  readonly clear: Statement;
}

/** Prefix of the keys of blocks. */
export const BLOCK_PREFIX = 'conversion-block:';

/** Greater than every key that begins with {@link BLOCK_PREFIX}, in the collation of any language. */
const AFTER_BLOCKS = 'conversion-blocl';

const COUNTED = ['key', 'used', 'verified', 'addresses'] as const;

/** Builds the statement that reads the open blocks. It uses the index of the keys, of which few are blocks. */
export function readBlocksStatement({ dialect, name, column: c, select }: CounterTable): Statement {
  return prepare(
    dialect,
    `SELECT ${select('key', 'windowEndsAt')} FROM ${name}
      WHERE ${c('key')} >= '${BLOCK_PREFIX}' AND ${c('key')} < '${AFTER_BLOCKS}' AND ${c('windowEndsAt')} + 0 > :now
      ORDER BY ${c('windowEndsAt')} + 0 DESC LIMIT ${MAX_BLOCKS}`,
  );
}

/** Builds the statements about `count` subjects. The caller sorts them by key, so that no two statements deadlock. */
export function conversionStatements(table: CounterTable, count: number, canReturn: boolean): ConversionStatements {
  const { dialect, name, column: c, select } = table;
  const numbers = Array.from({ length: count }, (_, index) => index);
  const keys = numbers.map((number) => `:key[${number}]`).join(', ');
  return {
    add: prepare(dialect, `${addText(table, numbers)} ${canReturn ? `RETURNING ${select(...COUNTED)}` : ''}`),
    get read() {
      return prepare(dialect, `SELECT ${select(...COUNTED)} FROM ${name} WHERE ${c('key')} IN (${keys})`);
    },
    get block() {
      return prepare(dialect, blockText(table, numbers));
    },
    get clear() {
      return prepare(dialect, clearText(table, numbers));
    },
  };
}

function addText(table: CounterTable, numbers: readonly number[]): string {
  const { column: c } = table;
  const { own, given } = conflictColumns(table);
  const columns = {
    key: 'varchar',
    sent: 'integer',
    verified: 'integer',
    addresses: 'bigint',
    windowEndsAt: 'bigint',
  } as const;
  const isOver = `${own('windowEndsAt')} <= :now`;
  const sum = (name: 'used' | 'verified'): string =>
    `${c(name)} = CASE WHEN ${isOver} THEN ${given(name)} ELSE ${own(name)} + ${given(name)} END`;
  const union = `COALESCE(${own('addresses')}, 0) | ${given('addresses')}`;
  // MariaDB assigns from left to right: the end, which all others read, comes last.
  return `${upsertText(table, [...COUNTED, 'windowEndsAt'], givenRows(table.dialect, numbers, columns))}
    ${sum('used')}, ${sum('verified')},
    ${c('addresses')} = CASE WHEN ${isOver} THEN ${given('addresses')} ELSE ${union} END,
    ${nextEnd(table)}`;
}

function blockText(table: CounterTable, numbers: readonly number[]): string {
  const { column: c } = table;
  const { own, given } = conflictColumns(table);
  const rows = numbers.map((number) => `(:key[${number}], 0, 0, :endsAt)`).join(', ');
  const end = own('windowEndsAt');
  return `${upsertText(table, ['key', 'used', 'verified', 'windowEndsAt'], `VALUES ${rows}`)}
    ${c('windowEndsAt')} = CASE WHEN ${end} <= :now OR ${end} > ${given('windowEndsAt')}
      THEN ${given('windowEndsAt')} ELSE ${end} END`;
}
