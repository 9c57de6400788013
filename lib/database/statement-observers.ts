import {
  AdvancedConsoleLogger,
  type DataSource,
  FileLogger,
  FormattedConsoleLogger,
  type QueryRunner,
  SimpleConsoleLogger,
} from 'typeorm';
import { hasMethod } from './driver-connection.js';

/** TypeORM's loggers that the option `logging` switches on and off. */
const SWITCHED_LOGGERS: ReadonlySet<unknown> = new Set([
  AdvancedConsoleLogger,
  FileLogger,
  FormattedConsoleLogger,
  SimpleConsoleLogger,
]);

/**
 * Whether something of the application sees the statements of a query runner: TypeORM's query log or its report of slow
 * statements, a logger of the application's own, a subscriber, or a function that replaces the runner's `query`. Then the
 * statements have to go through the runner.
 */
export function hasObservers({ options, logger, subscribers }: DataSource, queryRunner: QueryRunner): boolean {
  const { logging = false, maxQueryExecutionTime = 0 } = options;
  const isLogged = Array.isArray(logging) ? logging.length > 0 : logging !== false;
  return (
    isLogged ||
    !SWITCHED_LOGGERS.has(logger.constructor) ||
    maxQueryExecutionTime > 0 ||
    Object.hasOwn(queryRunner, 'query') ||
    subscribers.some((subscriber) => hasMethod(subscriber, 'beforeQuery') || hasMethod(subscriber, 'afterQuery'))
  );
}
