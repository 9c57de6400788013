import {
  AdvancedConsoleLogger,
  type DataSourceOptions,
  FormattedConsoleLogger,
  type Logger,
  type QueryRunner,
  SimpleConsoleLogger,
} from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VerificationStatus } from '../../lib/index.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { type FreshDatabase, freshDatabase, serverKinds } from '../support/databases.js';
import { QueryLog } from '../support/query-log.js';
import { CORRECT_CODE, NUMBER } from '../support/requests.js';
import { interceptStatements } from '../support/statement-interceptor.mjs';

/** What the test needs of TypeORM's class of query runners. */
interface StatementRunner {
  query(...statement: unknown[]): Promise<unknown>;
}

/** A proxy that reports each call of `query`. */
function proxyOf(target: QueryRunner, onQuery: () => void): QueryRunner {
  return new Proxy(target, {
    get: (_target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        if (name === 'query') onQuery();
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}

/** A query runner of a class that extends TypeORM's. */
function subclassOf({ constructor, dataSource }: QueryRunner, onQuery: () => void): QueryRunner {
  const Base = constructor as new (driver: unknown, mode: string) => StatementRunner;
  class TenantQueryRunner extends Base {
    override async query(...statement: unknown[]): Promise<unknown> {
      onQuery();
      return super.query(...statement);
    }
  }
  return new TenantQueryRunner(dataSource.driver, 'master') as unknown as QueryRunner;
}

describe.each(serverKinds())('the statements of a send and of a check on %s', (kind) => {
  let database: FreshDatabase;
  let test: TestApplication;

  beforeEach(async () => {
    database = await freshDatabase(kind);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
    await database.drop();
  });

  async function start(options: object = {}): Promise<void> {
    test = await startApplication({ database: { ...database.options, ...options } as DataSourceOptions });
  }

  async function verify(): Promise<void> {
    const { sessionToken } = await test.service.sendSecurityCode(NUMBER);
    const { status } = await test.service.verifySecurityCode(NUMBER, CORRECT_CODE, sessionToken);
    expect(status).toBe(VerificationStatus.Valid);
  }

  /** How many of them TypeORM's query runners ran. */
  async function countThroughTypeOrm(): Promise<number> {
    const queryRunner = test.dataSource.createQueryRunner();
    const query = vi.spyOn(Object.getPrototypeOf(queryRunner), 'query');
    await verify();
    await queryRunner.release();
    return query.mock.calls.length;
  }

  it.each([{}, { logging: false }, { logging: [], logger: 'simple-console' }, { maxQueryExecutionTime: 0 }])(
    'go straight to the driver if nobody observes them: %j',
    async (options) => {
      await start(options);

      expect(await countThroughTypeOrm()).toBe(0);
    },
  );

  it.each([{ logging: ['error'] }, { logger: 'debug' }, { maxQueryExecutionTime: 60_000 }])(
    'go through TypeORM if it may report them: %j',
    async (options) => {
      await start(options);

      expect(await countThroughTypeOrm()).toBe(3);
    },
  );

  it("are seen by the application's logger, even by a later one", async () => {
    const [first, later] = [new QueryLog(), new QueryLog()];
    await start({ logger: first });
    first.clear();

    await verify();
    test.dataSource.logger = later;
    test.clock.advance(31);
    await verify();

    expect([first, later].map(({ statements }) => statements.length)).toEqual([3, 3]);
  });

  it.each([
    ['its own options', (): Logger => new FormattedConsoleLogger(['error'])],
    ['a method of its own', (): Logger => Object.assign(new SimpleConsoleLogger(), { logQuery: vi.fn() })],
  ])('go through TypeORM if one of its loggers has %s', async (_what, create) => {
    await start({ logger: create() });

    expect(await countThroughTypeOrm()).toBe(3);
  });

  it('go straight to the driver beside a logger of TypeORM that logs nothing', async () => {
    await start({ logger: new AdvancedConsoleLogger() });

    expect(await countThroughTypeOrm()).toBe(0);
  });

  it.each(['subclass', 'proxy'] as const)('go through a %s of the query runner', async (form) => {
    await start();
    const seen = vi.fn();
    const create = test.dataSource.createQueryRunner.bind(test.dataSource);
    test.dataSource.createQueryRunner = (mode) => {
      const queryRunner = create(mode);
      return form === 'proxy' ? proxyOf(queryRunner, seen) : subclassOf(queryRunner, seen);
    };

    await verify();

    expect(seen).toHaveBeenCalledTimes(3);
  });

  it('are seen by a function that replaces the query of a query runner', async () => {
    await start();
    const seen: string[] = [];
    const stop = interceptStatements(test.dataSource, (run, sql) => {
      seen.push(sql);
      return run();
    });

    await verify();
    stop();

    expect(seen).toHaveLength(3);
  });

  it.each(['beforeQuery', 'afterQuery'] as const)(
    'are seen by %s of a subscriber, even of a later one',
    async (name) => {
      await start();
      const observe = vi.fn();
      test.dataSource.subscribers.push({ [name]: observe });

      await verify();

      expect(observe).toHaveBeenCalledTimes(3);
    },
  );

  it('go straight to the driver beside a subscriber of entities', async () => {
    await start();
    test.dataSource.subscribers.push({ afterInsert: vi.fn() });

    expect(await countThroughTypeOrm()).toBe(0);
  });
});
