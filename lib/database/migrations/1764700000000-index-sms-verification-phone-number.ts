import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const INDEX = new TableIndex({
  name: 'ix_sms_verification_phone_number_created_at',
  columnNames: ['phone_number', 'created_at'],
});

/** Adds the index to find the sessions of one number, for `describePhone` and `forgetPhone`. */
export class IndexSmsVerificationPhoneNumber1764700000000 implements MigrationInterface {
  readonly name = 'IndexSmsVerificationPhoneNumber1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('sms_verification', INDEX);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('sms_verification', INDEX);
  }
}
