import type { DataSource } from 'typeorm';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';
import { dialectOf, type SqlDialect } from './sql-dialect.js';

/** A table with the names that the data source gives it: schema, prefix and naming strategy apply. */
export interface SqlTable<Name extends string> {
  readonly dialect: SqlDialect;
  readonly name: string;
  /** The escaped name of a column. */
  readonly column: (name: Name) => string;
  /** Columns of a `SELECT` or `RETURNING`, with the entity's property names as aliases. */
  readonly select: (...names: Name[]) => string;
  /** An escaped alias for a property name of the entity. */
  readonly alias: (name: string) => string;
}

/**
 * Describes the table of an entity.
 *
 * @throws {@link PhoneVerifyConfigurationError} if the entity is missing from the data source.
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
