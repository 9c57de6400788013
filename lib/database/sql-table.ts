import type { DataSource } from 'typeorm';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { dialectOf, type SqlDialect } from './sql-dialect.js';

/** A table as the data source names it, so that its schema, prefix and naming strategy hold. */
export interface SqlTable<Name extends string> {
  readonly dialect: SqlDialect;
  readonly name: string;
  /** A column's name. */
  readonly column: (name: Name) => string;
  /** Columns to answer, under the entity's names. */
  readonly select: (...names: Name[]) => string;
  /** An entity's name as an answer's column. */
  readonly alias: (name: string) => string;
}

/**
 * The table of an entity.
 *
 * @throws {@link PhoneVerifyConfigurationError} if the data source lacks the entity.
 */
export function describeTable<Name extends string>(dataSource: DataSource, entity: new () => object): SqlTable<Name> {
  if (!dataSource.hasMetadata(entity)) {
    throw new PhoneVerifyConfigurationError(
      `dataSource: the entity is missing; add \`${entity.name}\` to \`entities\` or set \`autoLoadEntities\``,
    );
  }
  const metadata = dataSource.getMetadata(entity);
  const escape = (name: string): string => dataSource.driver.escape(name);
  const column = (name: Name): string => escape(metadata.findColumnWithPropertyName(name)?.databaseName ?? name);
  return {
    dialect: dialectOf(dataSource),
    name: metadata.tablePath.split('.').map(escape).join('.'),
    column,
    select: (...names) => names.map((name) => `${column(name)} AS ${escape(name)}`).join(', '),
    alias: escape,
  };
}
