import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const COLUMN = new TableColumn({ name: 'addresses', type: 'bigint', isNullable: true });

/** Adds the column that estimates how many addresses requested messages to a country. */
export class AddSmsVerificationCounterAddresses1764800000000 implements MigrationInterface {
  readonly name = 'AddSmsVerificationCounterAddresses1764800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumn('sms_verification_counter', COLUMN);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('sms_verification_counter', COLUMN);
  }
}
