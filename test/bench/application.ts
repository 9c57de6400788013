// The library under test, in an application as its documentation shows it: the default options, a backend that does
// nothing, and where a system names it, other limits.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BaseBackend, phoneVerifyMigrations, PhoneVerifyModule, type PhoneVerifyOptions } from 'nestjs-phone-verify';
import type { DataSourceOptions } from 'typeorm';

/**
 * The codes of the numbers that were sent one. The backend reads them from the messages, which costs less than a
 * microsecond for each; the floor keeps its codes too. A hook that generates them would change what is measured.
 */
export const sentCodes = new Map<string, string>();

class IdleBackend extends BaseBackend {
  override async sendSms(number: string, message: string): Promise<void> {
    sentCodes.set(number, /\d{6}/.exec(message)?.[0] ?? '');
  }
}

export { PhoneVerificationService } from 'nestjs-phone-verify';

/** Creates the application. */
export function createModule({
  database,
  options,
}: {
  database: DataSourceOptions;
  options: Partial<PhoneVerifyOptions>;
}): unknown {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...database,
        autoLoadEntities: true,
        migrations: phoneVerifyMigrations,
        migrationsRun: true,
      }),
      PhoneVerifyModule.forRoot({ backend: IdleBackend, appName: 'Acme', ...options }),
    ],
  })
  class ApplicationModule {}
  return ApplicationModule;
}
