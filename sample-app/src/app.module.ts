import { fileURLToPath } from 'node:url';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PhoneVerifyModule, SandboxBackend } from 'nestjs-phone-verify';
import { dataSourceOptions, type Environment, readEnvironment } from './configuration.js';
import { OutboxModule } from './outbox/outbox.module.js';
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
      backend: SandboxBackend,
      inject: [ConfigService],
      useFactory: (config: Configuration) => {
        const secret = config.get('PHONE_VERIFY_SECRET', { infer: true });
        return { appName: config.get('APP_NAME', { infer: true }), ...(secret !== undefined && { secret }) };
      },
    }),
    UsersModule,
    OutboxModule,
  ],
})
export class AppModule {}
