import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleDestroy,
  OnModuleInit,
} from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import type { SendContext } from '../base.backend.js';
import { logFailuresOf } from '../failure-report.js';
import {
  hasMethodOf,
  ModuleAwareBackend,
  type ModuleSettings,
  openBreakersOf,
  prepareBackend,
  type ReportedSend,
  WITHOUT_MODULE,
} from '../module-aware.backend.js';
import { type Child, nameApart } from './child.js';

/** Base of the backends that contain other backends. Passes preparation and lifecycle hooks on to them. */
export abstract class CompositeBackend<TOptions>
  extends ModuleAwareBackend<TOptions>
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  #isPrepared = false;

  /** The backends inside. */
  protected abstract readonly children: readonly Child[];

  /**
   * Sends one message through one or more of the backends inside.
   *
   * @internal
   */
  protected abstract sendInside(sending: ReportedSend): Promise<SendReceipt>;

  /** Sends one message through one of the backends inside. */
  async sendSms(number: string, message: string, send?: SendContext): Promise<SendReceipt> {
    this.ensurePrepared();
    return this.sendInside({ number, message, send, report: logFailuresOf(number, message) });
  }

  /** @internal */
  override async sendReporting(sending: ReportedSend): Promise<SendReceipt | void> {
    // The `sendSms` of a subclass must run too.
    if (!hasMethodOf(this, CompositeBackend, 'sendSms')) return super.sendReporting(sending);
    this.ensurePrepared();
    return this.sendInside(sending);
  }

  /** @internal */
  override prepareForModule(settings: ModuleSettings): number {
    const inside = { ...settings, timeoutMs: settings.insideTimeoutMs };
    for (const child of this.children) child.prepare(inside);
    nameApart(this.children);
    const limitMs = this.findTimeLimit();
    this.#isPrepared = true;
    return limitMs;
  }

  /** @internal */
  override receiptNames(): readonly string[] {
    return this.children.flatMap(({ receiptNames }) => receiptNames);
  }

  /** @internal */
  override openBreakers(): readonly string[] {
    return this.children.flatMap(({ backend }) => openBreakersOf(backend));
  }

  /** Starts the backends inside. */
  async onModuleInit(): Promise<void> {
    await this.#callEach<OnModuleInit>('onModuleInit', (backend) => backend.onModuleInit());
  }

  /** Calls the hook of the backends inside. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#callEach<OnApplicationBootstrap>('onApplicationBootstrap', (backend) =>
      backend.onApplicationBootstrap(),
    );
  }

  /** Calls the hook of the backends inside. */
  async onModuleDestroy(): Promise<void> {
    await this.#callEach<OnModuleDestroy>('onModuleDestroy', (backend) => backend.onModuleDestroy());
  }

  /** Calls the hook of the backends inside. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    await this.#callEach<BeforeApplicationShutdown>('beforeApplicationShutdown', (backend) =>
      backend.beforeApplicationShutdown(signal),
    );
  }

  /** Calls the hook of the backends inside. */
  async onApplicationShutdown(signal?: string): Promise<void> {
    await this.#callEach<OnApplicationShutdown>('onApplicationShutdown', (backend) =>
      backend.onApplicationShutdown(signal),
    );
  }

  /**
   * The longest that one send may take, in milliseconds, once the backends inside are prepared.
   *
   * @internal
   */
  protected findTimeLimit(): number {
    return Math.max(...this.children.map(({ limitMs }) => limitMs));
  }

  /**
   * Prepares a backend that is used without the module.
   *
   * @internal
   */
  protected ensurePrepared(): void {
    if (!this.#isPrepared) prepareBackend(this, WITHOUT_MODULE);
  }

  /** Calls a hook of every backend inside that has it. Fails once all have settled, if one of them failed. */
  async #callEach<Hook extends object>(name: keyof Hook & string, call: (backend: Hook) => unknown): Promise<void> {
    const having = [...this.backendsToCall(name)].filter((backend): backend is Hook => name in backend);
    const calls = await Promise.allSettled(having.map(async (backend) => call(backend)));
    for (const outcome of calls) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /**
   * The backends whose hook this one calls. Each is listed once, also if it is inside several composites: those are
   * searched, unless they have a hook of their own.
   *
   * @internal
   */
  protected backendsToCall(hook: string, found = new Set<object>()): ReadonlySet<object> {
    for (const { backend } of this.children.filter(({ isOwn }) => isOwn)) {
      const isPlain = backend instanceof CompositeBackend && hasMethodOf(backend, CompositeBackend, hook);
      if (isPlain) backend.backendsToCall(hook, found);
      else found.add(backend);
    }
    return found;
  }
}
