import { createRequire } from 'node:module';
import { Injectable, type Type } from '@nestjs/common';
import { AbstractGraphQLDriver, type GqlModuleOptions, GraphQLModule } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type * as GraphQL from 'graphql';
import { PhoneVerificationService, PhoneVerifyModule, phoneVerifyMigrations, SandboxBackend } from '../../lib/index.js';
import { freshDatabase } from './databases.js';

/** The copy that Nest's own packages load; the bundler of the tests would take another. */
const { graphql }: typeof GraphQL = createRequire(import.meta.url)('graphql');

/** Keeps the schema in place of serving it. */
@Injectable()
class KeepingDriver extends AbstractGraphQLDriver {
  static schema: GraphQL.GraphQLSchema | undefined;

  override async start({ schema }: GqlModuleOptions): Promise<void> {
    KeepingDriver.schema = schema;
  }

  override async stop(): Promise<void> {
    KeepingDriver.schema = undefined;
  }
}

export interface GraphQLApplication {
  readonly service: PhoneVerificationService;
  /** Runs an operation with a request as its context. */
  run(source: string, req: object): Promise<GraphQL.ExecutionResult>;
  close(): Promise<void>;
}

/** Starts an application without the routes, whose resolver is the way in. */
export async function startGraphQLApplication(resolver: Type): Promise<GraphQLApplication> {
  const database = await freshDatabase('sqlite');
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        ...database.options,
        autoLoadEntities: true,
        migrations: phoneVerifyMigrations,
        migrationsRun: true,
      }),
      PhoneVerifyModule.forRoot({ backend: SandboxBackend, appName: 'Acme', controllers: false, cleanup: false }),
      GraphQLModule.forRoot({ driver: KeepingDriver, autoSchemaFile: true }),
    ],
    providers: [resolver],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  return {
    service: app.get(PhoneVerificationService),
    run: async (source, req) => {
      const { schema } = KeepingDriver;
      if (schema === undefined) throw new Error('the application has no schema');
      return graphql({ schema, source, contextValue: { req } });
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}
