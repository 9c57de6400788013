// Plain JavaScript, since applications in processes of their own use it too.

/**
 * Runs a function in place of every statement of the query runners that a data source creates from now on.
 *
 * @param dataSource - Of TypeORM.
 * @param intercept - Gets a function that runs the statement. What it returns or throws, the statement does.
 * @returns A function that ends this, also for the query runners that were created meanwhile.
 */
export function interceptStatements(dataSource, intercept) {
  const create = dataSource.createQueryRunner;
  const queries = new Map();
  dataSource.createQueryRunner = (mode) => {
    const queryRunner = create.call(dataSource, mode);
    // SQLite has one query runner for all.
    if (queries.has(queryRunner)) return queryRunner;
    const { query } = queryRunner;
    queries.set(queryRunner, query);
    queryRunner.query = async (...statement) => intercept(() => query.apply(queryRunner, statement));
    return queryRunner;
  };
  return () => {
    dataSource.createQueryRunner = create;
    for (const [queryRunner, query] of queries) queryRunner.query = query;
    queries.clear();
  };
}

/** As {@link interceptStatements}, for the next statement alone. */
export function interceptNextStatement(dataSource, intercept) {
  const stop = interceptStatements(dataSource, (run) => {
    stop();
    return intercept(run);
  });
}
