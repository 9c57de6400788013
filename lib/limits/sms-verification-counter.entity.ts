import { Column, Entity, Index, PrimaryColumn, type ValueTransformer } from 'typeorm';
import { instant } from '../database/instant.js';

/** PostgreSQL and MariaDB return `bigint` columns as text. */
const wholeNumber: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/**
 * One counter of sends, such as those of a number in an hour. The table is written by the library alone; read it for
 * support and reporting.
 *
 * @publicApi
 */
@Entity({ name: 'sms_verification_counter' })
@Index('ix_sms_verification_counter_window_ends_at', ['windowEndsAt'])
export class SMSVerificationCounter {
  /**
   * What is counted: rule, seconds, and a number, address, prefix or country. `conversion-block:` and a country or prefix
   * is a block of `limits.conversion`, which lasts as long as its window.
   */
  @PrimaryColumn({
    name: 'counter_key',
    type: 'varchar',
    length: 100,
    primaryKeyConstraintName: 'pk_sms_verification_counter',
  })
  key!: string;

  /** Messages counted in the window. */
  @Column({ name: 'used', type: 'integer' })
  used!: number;

  /** Sessions verified in the window; counted for `limits.conversion` alone. */
  @Column({ name: 'verified', type: 'integer' })
  verified!: number;

  /**
   * The addresses that messages came from: a bitmap of their hashes, 52 bits. Kept for `limits.conversion` alone, and
   * `null` elsewhere.
   */
  @Column({ name: 'addresses', type: 'bigint', nullable: true, transformer: wholeNumber })
  addresses!: number | null;

  /** The counter is empty from this instant on. */
  @Column({ name: 'window_ends_at', type: 'bigint', transformer: instant })
  windowEndsAt!: Date;
}
