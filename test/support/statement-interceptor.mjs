// Plain JavaScript, because applications in other processes use it too.

/**
 * Runs a function instead of every statement of the query runners that a data source creates from now on.
 *
 * @param dataSource - The TypeORM data source.
 * @param intercept - Gets a function that runs the statement, and its text. What it returns or throws, the statement does.
 * @returns A function that ends this, including for query runners that were created meanwhile.
 */
export function interceptStatements(dataSource, intercept) {
  const create = dataSource.createQueryRunner;
  const queries = new Map();
  dataSource.createQueryRunner = (mode) => {
    const queryRunner = create.call(dataSource, mode);
    // SQLite always returns the same query runner.
    if (queries.has(queryRunner)) return queryRunner;
    const { query } = queryRunner;
    queries.set(queryRunner, query);
    queryRunner.query = async (...statement) => intercept(() => query.apply(queryRunner, statement), statement[0]);
    return queryRunner;
  };
  return () => {
    dataSource.createQueryRunner = create;
    for (const [queryRunner, query] of queries) queryRunner.query = query;
    queries.clear();
  };
}

/** As {@link interceptStatements}, for the next statement only. */
export function interceptNextStatement(dataSource, intercept) {
  const stop = interceptStatements(dataSource, (run, sql) => {
    stop();
    return intercept(run, sql);
  });
}
