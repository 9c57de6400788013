import type { MigrationInterface } from 'typeorm';
import { CreateSmsVerification1764000000000 } from './1764000000000-create-sms-verification.js';
import { CreateSmsVerificationCounter1764600000000 } from './1764600000000-create-sms-verification-counter.js';
import { IndexSmsVerificationPhoneNumber1764700000000 } from './1764700000000-index-sms-verification-phone-number.js';
import { AddSmsVerificationCounterAddresses1764800000000 } from './1764800000000-add-sms-verification-counter-addresses.js';

/**
 * TypeORM migrations that create exactly the schema of {@link SMSVerification} and {@link SMSVerificationCounter}. Add
 * them to the `migrations` of the data source, together with the application's own.
 *
 * @publicApi
 */
export const phoneVerifyMigrations: (new () => MigrationInterface)[] = [
  CreateSmsVerification1764000000000,
  CreateSmsVerificationCounter1764600000000,
  IndexSmsVerificationPhoneNumber1764700000000,
  AddSmsVerificationCounterAddresses1764800000000,
];
