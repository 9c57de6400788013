import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const COLUMNS: TableColumnOptions[] = [
  {
    name: 'counter_key',
    type: 'varchar',
    length: '100',
    isPrimary: true,
    primaryKeyConstraintName: 'pk_sms_verification_counter',
  },
  { name: 'used', type: 'integer' },
  { name: 'verified', type: 'integer' },
  { name: 'window_ends_at', type: 'bigint' },
];

/** Creates the table of the counters. Never change the columns: a later migration adds new ones. */
export class CreateSmsVerificationCounter1764600000000 implements MigrationInterface {
  readonly name = 'CreateSmsVerificationCounter1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const indices = [{ name: 'ix_sms_verification_counter_window_ends_at', columnNames: ['window_ends_at'] }];
    await queryRunner.createTable(new Table({ name: 'sms_verification_counter', columns: COLUMNS, indices }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('sms_verification_counter');
  }
}
