import { type DynamicModule, type InjectionToken, Logger, type Provider, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { backendProvider } from './backends/backend-factory.js';
import { BackendHooks } from './backends/backend-hooks.js';
import type { BaseBackend } from './backends/base.backend.js';
import { Delivery } from './backends/delivery.js';
import { type Clock, systemClock } from './common/time.js';
import { type EntityClass, requireDataSource } from './database/required-data-source.js';
import { SchemaCheck } from './database/schema-check.js';
import { SMSVerification } from './database/sms-verification.entity.js';
import { StatementTimeoutAdvice } from './database/statement-timeout-advice.js';
import { EventEmission } from './observability/event-emission.js';
import { EventPublisher } from './observability/event-publisher.js';
import { SendObserver } from './observability/send-observer.js';
import { openApiProvider } from './http/openapi/openapi.provider.js';
import { createPhoneVerifyController } from './http/phone-verify.controller.js';
import { limitProviders } from './limits/limits.providers.js';
import { SMSVerificationCounter } from './limits/sms-verification-counter.entity.js';
import { PhoneVerifyConfigurationError } from './phone-verify.errors.js';
import { checkOptions, checkOverride, requireOwnOptions } from './phone-verify.options-check.js';
import type {
  PhoneVerifyModuleAsyncOptions,
  PhoneVerifyOptionsFactory,
  ResolvedPhoneVerifyOptions,
  StaticOptions,
} from './phone-verify.options.js';
import {
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PHONE_VERIFY_CLOCK,
  PHONE_VERIFY_GIVEN_OPTIONS,
  PHONE_VERIFY_LIMITS,
  PHONE_VERIFY_OPTIONS,
} from './phone-verify.tokens.js';
import { Telemetry } from './observability/telemetry.js';
import { CleanupTimer } from './verification/cleanup-timer.js';
import { CodeChecker } from './verification/code-checker.js';
import { CodeIssuer } from './verification/code-issuer.js';
import { CodeRequests } from './verification/code-requests.js';
import { Database } from './database/database.js';
import { MessageWriter } from './verification/message-writer.js';
import { PhoneRecords } from './verification/phone-records.js';
import { PhoneVerificationService } from './verification/phone-verification.service.js';
import { Retention } from './verification/retention.js';
import { VerificationTokens } from './verification/verification-tokens.js';
import { SessionRecordStore } from './verification/session-records.store.js';
import { VerificationStore } from './verification/verification.store.js';

/** Builds the module. */
export function defineModule(module: Type, statics: StaticOptions, given: Provider[]): DynamicModule {
  const { isGlobal = false, controllers = true, path = 'phone', dataSource, imports = [], backend } = statics;
  const routes = controllers ? [createPhoneVerifyController(path)] : [];
  for (const controller of routes) decorate(controller, statics.decorators);
  registerEntities(dataSource);
  return {
    module,
    global: isGlobal,
    // Anything but an array is reported by the validation of the options.
    imports: Array.isArray(imports) ? imports : [],
    controllers: routes,
    providers: [
      ...given,
      limitsProvider,
      optionsProvider(statics),
      backendProvider(backend),
      ...verificationProviders(dataSource),
      openApiProvider(routes),
    ],
    exports: [
      PHONE_VERIFY_BACKEND,
      PHONE_VERIFY_BACKEND_OPTIONS,
      PHONE_VERIFY_OPTIONS,
      PHONE_VERIFY_LIMITS,
      PhoneVerificationService,
      // The exception filter injects it in other modules.
      PHONE_VERIFY_CLOCK,
    ],
  };
}

/** Anything but an array of functions is reported by the validation of the options. */
function decorate(controller: Type<object>, decorators: unknown): void {
  if (!Array.isArray(decorators)) return;
  for (const decorator of decorators) if (typeof decorator === 'function') decorator(controller);
}

/**
 * For `autoLoadEntities`. The returned module is not used: Nest's error about a data source that its repositories do not
 * find names neither this module nor the option.
 */
function registerEntities(dataSource: unknown): void {
  TypeOrmModule.forFeature(
    [SMSVerification, SMSVerificationCounter],
    typeof dataSource === 'string' ? dataSource : undefined,
  );
}

/** The entities whose tables are used. */
function entitiesFor({ limits }: ResolvedPhoneVerifyOptions): readonly EntityClass[] {
  return limits.store === 'database' ? [SMSVerification, SMSVerificationCounter] : [SMSVerification];
}

/** The providers of the options that `forRootAsync` gets. */
export function givenOptionsProviders(options: PhoneVerifyModuleAsyncOptions): Provider[] {
  const { useFactory, inject = [], useClass, useExisting } = options;
  const provide = PHONE_VERIFY_GIVEN_OPTIONS;
  const [form, another] = [useFactory, useClass, useExisting].filter((given) => given !== undefined);
  if (form === undefined || another !== undefined) {
    throw new PhoneVerifyConfigurationError('forRootAsync: give one of useFactory, useClass and useExisting');
  }
  if (useFactory !== undefined) {
    const create = async (...dependencies: never[]): Promise<unknown> => unfrozen(await useFactory(...dependencies));
    return [{ provide, useFactory: create, inject }];
  }
  const factory = useExisting ?? useClass;
  if (factory === undefined) return [];
  const provider = { provide, useFactory: createOptions, inject: [factory] };
  return useClass === undefined ? [provider] : [{ provide: useClass, useClass }, provider];
}

async function createOptions(factory: PhoneVerifyOptionsFactory): Promise<unknown> {
  return unfrozen(await factory.createPhoneVerifyOptions());
}

/** A copy of frozen options: a monitoring tool's proxy around a provider cannot replace a function that is frozen in it. */
function unfrozen(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || !Object.isFrozen(options)) return options;
  return Object.getPrototypeOf(options) === Object.prototype ? { ...options } : options;
}

const limitsProvider: Provider = {
  provide: PHONE_VERIFY_LIMITS,
  useFactory: (given: unknown): unknown =>
    typeof given === 'object' && given !== null && 'limits' in given ? unfrozen(given.limits) : undefined,
  inject: [PHONE_VERIFY_GIVEN_OPTIONS],
};

function optionsProvider(statics: StaticOptions): Provider {
  return {
    provide: PHONE_VERIFY_OPTIONS,
    useFactory: (given: unknown, limits: unknown, clock: Clock): ResolvedPhoneVerifyOptions => {
      const { options, warnings } = checkOptions(withLimits(given, limits), statics, clock);
      const logger = new Logger('PhoneVerify');
      for (const warning of warnings) logger.warn(warning);
      return options;
    },
    inject: [PHONE_VERIFY_GIVEN_OPTIONS, PHONE_VERIFY_LIMITS, PHONE_VERIFY_CLOCK],
  };
}

/** The options with the limits that are provided, which a test may have overridden. */
function withLimits(given: unknown, limits: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  requireOwnOptions(given);
  return { ...given, limits };
}

/** Looks up a provider of the application; `undefined` if there is none. */
function resolver(moduleRef: ModuleRef): (token: InjectionToken) => unknown {
  return (token) => {
    try {
      return moduleRef.get<unknown, unknown>(token, { strict: false });
    } catch {
      return undefined;
    }
  };
}

function verificationProviders(dataSource: string | undefined): Provider[] {
  return [
    {
      provide: PHONE_VERIFY_BACKEND_OPTIONS,
      useFactory: (options: ResolvedPhoneVerifyOptions) => unfrozen(checkOverride(options).options),
      inject: [PHONE_VERIFY_OPTIONS],
    },
    { provide: PHONE_VERIFY_CLOCK, useValue: systemClock },
    {
      provide: Database,
      useFactory: (options: ResolvedPhoneVerifyOptions, source: DataSource | undefined) => {
        const entities = entitiesFor(checkOverride(options));
        return new Database(requireDataSource(source, { name: dataSource, entities }), options.storage);
      },
      inject: [PHONE_VERIFY_OPTIONS, { token: getDataSourceToken(dataSource), optional: true }],
    },
    {
      provide: SchemaCheck,
      useFactory: (database: Database, options: ResolvedPhoneVerifyOptions) =>
        new SchemaCheck(database, entitiesFor(options), options.storage.timeoutMs),
      inject: [Database, PHONE_VERIFY_OPTIONS],
    },
    {
      provide: VerificationStore,
      useFactory: (database: Database, options: ResolvedPhoneVerifyOptions) => new VerificationStore(database, options),
      inject: [Database, PHONE_VERIFY_OPTIONS],
    },
    {
      provide: SessionRecordStore,
      useFactory: (database: Database) => new SessionRecordStore(database),
      inject: [Database],
    },
    {
      provide: Delivery,
      useFactory: (
        backend: BaseBackend<unknown>,
        options: ResolvedPhoneVerifyOptions,
        observer: SendObserver,
        clock: Clock,
        moduleRef: ModuleRef,
      ) => {
        const { delivery } = checkOverride(options);
        return new Delivery(backend, { ...delivery, around: [], resolve: resolver(moduleRef) }, observer, clock);
      },
      inject: [PHONE_VERIFY_BACKEND, PHONE_VERIFY_OPTIONS, SendObserver, PHONE_VERIFY_CLOCK, ModuleRef],
    },
    {
      provide: BackendHooks,
      useFactory: (backend: BaseBackend<unknown>, options: ResolvedPhoneVerifyOptions) =>
        new BackendHooks(backend, checkOverride(options).delivery.timeoutMs),
      inject: [PHONE_VERIFY_BACKEND, PHONE_VERIFY_OPTIONS],
    },
    {
      provide: StatementTimeoutAdvice,
      useFactory: (database: Database, { storage }: ResolvedPhoneVerifyOptions) =>
        new StatementTimeoutAdvice(database, storage.timeoutMs),
      inject: [Database, PHONE_VERIFY_OPTIONS],
    },
    EventPublisher,
    ...limitProviders,
    EventEmission,
    SendObserver,
    Telemetry,
    Retention,
    CleanupTimer,
    CodeChecker,
    MessageWriter,
    CodeIssuer,
    CodeRequests,
    PhoneRecords,
    VerificationTokens,
    PhoneVerificationService,
  ];
}
