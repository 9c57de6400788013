import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PhoneVerifyModule } from 'nestjs-phone-verify';
import { dataSourceOptions, type Environment, readEnvironment } from './configuration.js';
import { createBackend } from './delivery/backend.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { PagesModule } from './pages/pages.module.js';
import { RequestDrain } from './request-drain.js';
import { CHANGE_PHONE, NEW_PHONE } from './users/purposes.js';
import { UsersModule } from './users/users.module.js';

type Configuration = ConfigService<Environment, true>;

@Module({
  imports: [
    ConfigModule.forRoot({
      isGlobal: true,
      skipProcessEnv: true,
      envFilePath: fileURLToPath(new URL('../.env', import.meta.url)),
      validate: (variables) => ({ ...readEnvironment(variables) }),
    }),
    TypeOrmModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: Configuration) => dataSourceOptions(config.get('DATABASE_URL', { infer: true })),
    }),
    PhoneVerifyModule.forRootAsync({
      isGlobal: true,
      inject: [ConfigService],
      useFactory: async (config: ConfigService) => {
        const secret = config.get<string>('PHONE_VERIFY_SECRET');
        const chosen = config.getOrThrow<string>('PHONE_VERIFY_BACKEND');
        return {
          backend: await createBackend(chosen, (name) => config.get<string>(name)),
          appName: config.getOrThrow<string>('APP_NAME'),
          purposes: [CHANGE_PHONE, NEW_PHONE],
          ...(secret !== undefined && { secret }),
        };
      },
    }),
    UsersModule,
    OutboxModule,
    PagesModule,
  ],
  providers: [RequestDrain],
})
export class AppModule {}
