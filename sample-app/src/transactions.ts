import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Runs the application's transactions. */
@Injectable()
export class Transactions {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs work in a transaction. On SQLite, TypeORM has one connection for all requests, and a transaction that begins
   * while another is open would become part of it. So there, transactions wait for each other.
   */
  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.dataSource.options.type !== 'better-sqlite3') return this.dataSource.transaction(work);
    const turn = this.#last.then(() => this.dataSource.transaction(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
