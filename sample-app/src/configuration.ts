import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { plainToInstance } from 'class-transformer';
import { IsIn, IsNotEmpty, IsOptional, IsUrl, Max, Min, MinLength, validateSync } from 'class-validator';
import { phoneVerifyMigrations, SMSVerification, SMSVerificationCounter } from 'nestjs-phone-verify';
import type { DataSourceOptions } from 'typeorm';
import { deliveryFaults } from './delivery/backend.js';
import { CreateSession1764000000002 } from './sessions/create-session.migration.js';
import { Session } from './sessions/session.entity.js';
import { CreateUser1764000000001 } from './users/create-user.migration.js';
import { User } from './users/user.entity.js';

/** The environment variables, except those of providers. `.env.example` documents all of them. */
export class Environment {
  @IsOptional()
  @Min(0)
  @Max(65_535)
  PORT?: number;

  @IsNotEmpty()
  HOST = '127.0.0.1';

  /** How long pending requests may still take after SIGTERM. */
  @Min(0)
  @Max(60)
  DRAIN_SECONDS: number = 8;

  @IsOptional()
  @IsUrl({ protocols: ['postgres', 'postgresql', 'mysql', 'mariadb'], require_protocol: true, require_tld: false })
  DATABASE_URL?: string;

  @IsIn(['development', 'test', 'production'])
  NODE_ENV = 'development';

  @IsNotEmpty()
  APP_NAME = 'Sample';

  @IsNotEmpty()
  PHONE_VERIFY_BACKEND = 'sandbox';

  @IsOptional()
  @MinLength(32)
  PHONE_VERIFY_SECRET?: string;
}

/** The SQLite file that is used if no database is configured. */
const SQLITE_FILE = fileURLToPath(new URL('../data.sqlite', import.meta.url));

/** Validates the environment when the application starts. An empty variable counts as not set. */
export function readEnvironment(variables: Record<string, unknown>): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const environment = plainToInstance(Environment, given, { enableImplicitConversion: true });
  const faults = validateSync(environment).flatMap(({ constraints }) => Object.values(constraints ?? {}));
  faults.push(...deliveryFaults(environment.PHONE_VERIFY_BACKEND, (name) => given[name]));
  if (faults.length > 0) throw new Error(`The environment is invalid: ${faults.join('; ')}`);
  return environment;
}

/** The data source: an embedded database, or the server in `DATABASE_URL`. */
export function dataSourceOptions(url: string | undefined): DataSourceOptions {
  const common = {
    entities: [SMSVerification, SMSVerificationCounter, User, Session],
    migrations: [...phoneVerifyMigrations, CreateUser1764000000001, CreateSession1764000000002],
    migrationsRun: true,
  };
  if (url === undefined) {
    const driver: unknown = createRequire(import.meta.url)('libsql');
    return { ...common, type: 'better-sqlite3', driver, database: SQLITE_FILE };
  }
  if (url.startsWith('postgres')) return { ...common, type: 'postgres', url, connectTimeoutMS: 5000 };
  return { ...common, type: 'mariadb', url, connectTimeout: 5000 };
}
