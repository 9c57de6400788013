import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import { loadOptional } from '../common/optional-package.js';
import type { ResolvedPhoneVerifyOptions } from '../phone-verify.options.js';
import { PHONE_VERIFY_OPTIONS } from '../phone-verify.tokens.js';
import { maskPhoneNumber, redactedCause } from '../common/redaction.js';
import { EventPublisher } from './event-publisher.js';
import type { PhoneVerifyEvent } from './phone-verify-event.js';

/** Emits every event through `@nestjs/event-emitter`, if the application imports its module. */
@Injectable()
export class EventEmission implements OnModuleInit {
  readonly #logger = new Logger('PhoneVerify');

  constructor(
    private readonly events: EventPublisher,
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
    @Inject(PHONE_VERIFY_OPTIONS) private readonly options: ResolvedPhoneVerifyOptions,
  ) {}

  /** Finds the emitter. The package is not loaded if the application has no `EventEmitterModule`. */
  async onModuleInit(): Promise<void> {
    const hasModule = [...this.modules.values()].some(({ metatype }) => metatype.name === 'EventEmitterModule');
    if (!hasModule) return;
    const library = await loadOptional('@nestjs/event-emitter', () => import('@nestjs/event-emitter'));
    if (library === undefined) return;
    const emitter = this.#find(library.EventEmitter2);
    if (emitter !== undefined) this.events.subscribe((event) => this.#emit(emitter, event));
  }

  #find(token: typeof EventEmitter2): EventEmitter2 | undefined {
    try {
      return this.moduleRef.get(token, { strict: false });
    } catch {
      this.#logger.warn(
        'No events are emitted: the application has an EventEmitterModule from another copy of @nestjs/event-emitter. Install one copy only (npm ls @nestjs/event-emitter).',
      );
      return undefined;
    }
  }

  /**
   * Calls each listener separately. The emitter's own `emit` stops at a listener that throws, and does not handle a
   * rejected promise, which would end the process.
   */
  #emit(emitter: EventEmitter2, event: PhoneVerifyEvent): void {
    const phoneNumber = this.options.events.fullNumbers ? event.phoneNumber : maskPhoneNumber(event.phoneNumber);
    const payload = Object.freeze({ ...event, phoneNumber });
    const calls = [
      ...emitter.listenersAny().map((listener) => (): unknown => listener.call(emitter, event.name, payload)),
      ...emitter.listeners(event.name).map((listener) => (): unknown => listener.call(emitter, payload)),
    ];
    for (const call of calls) {
      // In an async function, a synchronous exception becomes a rejection.
      void (async () => call())().catch((thrown: unknown) => this.#report(event, thrown));
    }
  }

  #report({ name, phoneNumber }: PhoneVerifyEvent, thrown: unknown): void {
    const cause = redactedCause(thrown, { hidden: [], phoneNumbers: [phoneNumber] });
    this.#logger.error(`A listener of ${name} failed: ${cause.name}: ${cause.message}`);
  }
}
