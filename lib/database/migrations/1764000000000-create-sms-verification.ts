import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const COLUMNS: TableColumnOptions[] = [
  { name: 'id', type: 'varchar', length: '36', isPrimary: true, primaryKeyConstraintName: 'pk_sms_verification' },
  { name: 'phone_number', type: 'varchar', length: '16' },
  { name: 'purpose', type: 'varchar', length: '64' },
  { name: 'security_code', type: 'varchar', length: '80' },
  { name: 'sealed_code', type: 'varchar', length: '128' },
  { name: 'session_token', type: 'varchar', length: '64' },
  { name: 'verification_token', type: 'varchar', length: '64', isNullable: true },
  { name: 'is_verified', type: 'integer' },
  { name: 'verified_at', type: 'bigint', isNullable: true },
  { name: 'consumed_at', type: 'bigint', isNullable: true },
  { name: 'failed_attempts', type: 'integer' },
  { name: 'send_count', type: 'integer' },
  { name: 'last_sent_at', type: 'bigint', isNullable: true },
  { name: 'backend', type: 'varchar', length: '64', isNullable: true },
  { name: 'message_id', type: 'varchar', length: '128', isNullable: true },
  { name: 'expires_at', type: 'bigint' },
  { name: 'created_at', type: 'bigint' },
  { name: 'modified_at', type: 'bigint' },
];

/** Creates the table of the sessions. Never change the columns: a later migration adds new ones. */
export class CreateSmsVerification1764000000000 implements MigrationInterface {
  readonly name = 'CreateSmsVerification1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const indices = [
      { name: 'ux_sms_verification_session_token', columnNames: ['session_token'], isUnique: true },
      { name: 'ux_sms_verification_verification_token', columnNames: ['verification_token'], isUnique: true },
      { name: 'ix_sms_verification_created_at', columnNames: ['created_at'] },
    ];
    await queryRunner.createTable(new Table({ name: 'sms_verification', columns: COLUMNS, indices }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('sms_verification');
  }
}
