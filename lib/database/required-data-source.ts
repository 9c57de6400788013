import type { DataSource } from 'typeorm';
import { PhoneVerifyConfigurationError } from '../phone-verify.errors.js';

/** The class of an entity. */
export type EntityClass = new () => object;

/** What the module needs of the application's data source. */
export interface DataSourceNeeds {
  /** The option `dataSource`; `undefined` for the default data source. */
  readonly name: string | undefined;
  readonly entities: readonly EntityClass[];
}

/**
 * The data source, if it has what the module needs.
 *
 * @param found - What the application provides under the name.
 * @throws {@link PhoneVerifyConfigurationError} if there is no data source of this name, if it is not initialised, or
 *   with all entities that it lacks.
 */
export function requireDataSource(found: DataSource | undefined, { name, entities }: DataSourceNeeds): DataSource {
  if (found === undefined) throw new PhoneVerifyConfigurationError(`dataSource: ${noneOf(name)}`);
  if (!found.isInitialized) {
    throw new PhoneVerifyConfigurationError(
      'dataSource: it is not initialised when the module starts; leave out `manualInitialization`',
    );
  }
  const missing = entities.filter((entity) => !found.hasMetadata(entity)).map((entity) => `\`${entity.name}\``);
  if (missing.length > 0) {
    throw new PhoneVerifyConfigurationError(
      `dataSource: ${missing.length === 1 ? 'an entity is' : 'entities are'} missing; ` +
        `add ${missing.join(' and ')} to \`entities\` or set \`autoLoadEntities\``,
    );
  }
  return found;
}

function noneOf(name: string | undefined): string {
  return name === undefined
    ? 'the application has no default TypeORM data source; import `TypeOrmModule.forRoot(…)`, or set `dataSource` to the name of the one to use'
    : `the application has no TypeORM data source named "${name}"; import \`TypeOrmModule.forRoot({ name: '${name}', … })\`, or correct \`dataSource\``;
}
