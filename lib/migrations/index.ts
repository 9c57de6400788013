import type { MigrationInterface } from 'typeorm';
import { CreateSmsVerification1764000000000 } from './1764000000000-create-sms-verification.js';

/**
 * TypeORM migrations that create exactly the schema of {@link SMSVerification}. Add them to the `migrations` of the data
 * source, beside the application's own.
 *
 * @publicApi
 */
export const phoneVerifyMigrations: (new () => MigrationInterface)[] = [CreateSmsVerification1764000000000];
