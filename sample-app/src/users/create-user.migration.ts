import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class CreateUser1764000000001 implements MigrationInterface {
  readonly name = 'CreateUser1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = new Table({
      name: 'sample_user',
      columns: [
        { name: 'id', type: 'varchar', length: '36', isPrimary: true, primaryKeyConstraintName: 'pk_sample_user' },
        { name: 'username', type: 'varchar', length: '30' },
        { name: 'phone_number', type: 'varchar', length: '16' },
      ],
      indices: [
        { name: 'ux_sample_user_username', columnNames: ['username'], isUnique: true },
        { name: 'ux_sample_user_phone_number', columnNames: ['phone_number'], isUnique: true },
      ],
    });
    await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('sample_user');
  }
}
