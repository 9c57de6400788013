import type { DataSource, QueryRunner } from 'typeorm';
import { hasMethod } from './driver-connection.js';

/**
 * Whether something of the application sees the statements of a query runner: TypeORM's query log, a logger of the
 * application's own, a subscriber, or a function that replaces the runner's `query`. Then they have to go through it.
 */
export function hasObservers({ options, subscribers }: DataSource, queryRunner: QueryRunner): boolean {
  const { logger, logging = false, maxQueryExecutionTime = 0 } = options;
  const isLogged = Array.isArray(logging) ? logging.length > 0 : logging !== false;
  return (
    isLogged ||
    typeof logger === 'object' ||
    logger === 'debug' ||
    maxQueryExecutionTime > 0 ||
    Object.hasOwn(queryRunner, 'query') ||
    subscribers.some((subscriber) => hasMethod(subscriber, 'beforeQuery') || hasMethod(subscriber, 'afterQuery'))
  );
}
