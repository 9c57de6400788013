import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';

export class CreateSession1764000000002 implements MigrationInterface {
  readonly name = 'CreateSession1764000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    const primaryKey = { isPrimary: true, primaryKeyConstraintName: 'pk_sample_session' };
    const table = new Table({
      name: 'sample_session',
      columns: [
        { name: 'token_hash', type: 'varchar', length: '64', ...primaryKey },
        { name: 'user_id', type: 'varchar', length: '36' },
        { name: 'expires_at', type: 'bigint' },
      ],
    });
    await queryRunner.createTable(table);
    // Unknown for existing accounts.
    const verifiedAt = new TableColumn({ name: 'phone_verified_at', type: 'bigint', isNullable: true });
    await queryRunner.addColumn('sample_user', verifiedAt);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('sample_user', 'phone_verified_at');
    await queryRunner.dropTable('sample_session');
  }
}
