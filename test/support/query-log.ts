import { AbstractLogger, type LogMessage, type QueryRunner } from 'typeorm';

/** Records every statement with its parameters, as an application's query log does. */
export class QueryLog extends AbstractLogger {
  readonly entries: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];

  constructor() {
    super('all');
  }

  get statements(): string[] {
    return this.entries.map(({ sql }) => sql);
  }

  clear(): void {
    this.entries.length = 0;
  }

  override logQuery(sql: string, parameters?: unknown[], _queryRunner?: QueryRunner): void {
    this.entries.push({ sql, parameters: parameters ?? [] });
  }

  protected writeLog(_level: string, _message: LogMessage | LogMessage[]): void {}
}
