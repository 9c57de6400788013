import { createRequire } from 'node:module';
import { Injectable, type Type } from '@nestjs/common';
import { AbstractGraphQLDriver, type GqlModuleOptions, GraphQLModule } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type * as GraphQL from 'graphql';
import { PhoneVerificationService, PhoneVerifyModule, phoneVerifyMigrations, SandboxBackend } from '../../lib/index.js';
import { freshDatabase } from './databases.js';

/** The copy of the package that Nest loads; an `import` in Vitest would load another one. */
const { graphql }: typeof GraphQL = createRequire(import.meta.url)('graphql');

/** Stores the schema instead of serving it. */
@Injectable()
class SchemaDriver extends AbstractGraphQLDriver {
  static schema: GraphQL.GraphQLSchema | undefined;

  override async start({ schema }: GqlModuleOptions): Promise<void> {
    SchemaDriver.schema = schema;
  }

  override async stop(): Promise<void> {
    SchemaDriver.schema = undefined;
  }
}

export interface GraphQLApplication {
  readonly service: PhoneVerificationService;
  /** Runs an operation with a request as its context. */
  run(source: string, req: object): Promise<GraphQL.ExecutionResult>;
  close(): Promise<void>;
}

/** Starts an application with a resolver instead of the routes. */
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
      GraphQLModule.forRoot({ driver: SchemaDriver, autoSchemaFile: true }),
    ],
    providers: [resolver],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  return {
    service: app.get(PhoneVerificationService),
    run: async (source, req) => {
      const { schema } = SchemaDriver;
      if (schema === undefined) throw new Error('the application has no schema');
      return graphql({ schema, source, contextValue: { req } });
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}
