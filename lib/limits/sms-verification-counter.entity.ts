import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../database/instant.js';

/**
 * One counter of sends, such as those of a number in an hour. The table is written by the library alone; read it for
 * support and reporting.
 *
 * @publicApi
 */
@Entity({ name: 'sms_verification_counter' })
@Index('ix_sms_verification_counter_window_ends_at', ['windowEndsAt'])
export class SMSVerificationCounter {
  /** What is counted: rule, seconds, and a number, address, prefix or country. */
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

  /** Sessions verified in the window, where the counter knows them; -1 when sending is blocked until its end. */
  @Column({ name: 'verified', type: 'integer' })
  verified!: number;

  /** The counter is empty from this instant on. */
  @Column({ name: 'window_ends_at', type: 'bigint', transformer: instant })
  windowEndsAt!: Date;
}
