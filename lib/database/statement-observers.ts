import type { DataSource, QueryRunner } from 'typeorm';
import { readProperty } from './driver-connection.js';

/** TypeORM's loggers that log only what their options name. */
const SWITCHED_LOGGERS: ReadonlySet<unknown> = new Set([
  'AdvancedConsoleLogger',
  'FileLogger',
  'FormattedConsoleLogger',
  'SimpleConsoleLogger',
]);

/**
 * TypeORM's own query runners, by class name. A subclass may do more with a statement than run it. In a minified bundle the
 * classes have other names, and statements always go through the runner.
 */
const QUERY_RUNNERS: ReadonlySet<unknown> = new Set(['MysqlQueryRunner', 'PostgresQueryRunner']);

/**
 * Whether something of the application sees or changes the statements of a query runner: a logger, TypeORM's report of slow
 * statements, a subscriber, or a `query` of the runner that is not TypeORM's own, such as that of a subclass which sets the
 * tenant of the connection. Then the statements have to go through the runner.
 */
export function hasObservers(dataSource: DataSource, queryRunner: QueryRunner): boolean {
  return isLogged(dataSource) || hasOwnQuery(queryRunner) || dataSource.subscribers.some(observesQueries);
}

function isLogged({ options, logger }: DataSource): boolean {
  const { maxQueryExecutionTime = 0 } = options;
  const isSwitched = SWITCHED_LOGGERS.has(classNameOf(logger));
  const hasOwnMethod = ['logQuery', 'logQueryError', 'logQuerySlow'].some((name) => Object.hasOwn(logger, name));
  return maxQueryExecutionTime > 0 || !isSwitched || hasOwnMethod || isSwitchedOn(readProperty(logger, 'options'));
}

/** Whether the options of a logger name anything to log. */
function isSwitchedOn(options: unknown): boolean {
  return Array.isArray(options) ? options.length > 0 : options !== undefined && options !== false;
}

/** For a proxy, too, the prototype is that of TypeORM's class. */
function hasOwnQuery(queryRunner: QueryRunner): boolean {
  const typeOrmQuery = readProperty(Object.getPrototypeOf(queryRunner), 'query');
  return readProperty(queryRunner, 'query') !== typeOrmQuery || !QUERY_RUNNERS.has(classNameOf(queryRunner));
}

/** `undefined` for an object without a class. */
function classNameOf(value: object): string | undefined {
  return Object.getPrototypeOf(value) === null ? undefined : value.constructor.name;
}

function observesQueries(subscriber: object): boolean {
  return ['beforeQuery', 'afterQuery'].some((name) => readProperty(subscriber, name) !== undefined);
}
