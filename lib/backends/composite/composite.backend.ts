import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleDestroy,
  OnModuleInit,
} from '@nestjs/common';
import { BaseBackend } from '../base.backend.js';
import { PREPARE, type Preparation } from '../preparation.js';
import type { Child } from './child.js';
import { OPEN_BREAKERS, openBreakersOf } from './open-breakers.js';

/** What backends made of other backends share: their start, their time and their shutdown reach the ones inside. */
export abstract class CompositeBackend<TOptions>
  extends BaseBackend<TOptions>
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** The backends inside. */
  protected abstract readonly children: readonly Child[];

  /** Starts the backends inside. */
  async onModuleInit(): Promise<void> {
    await this.#each<OnModuleInit>('onModuleInit', (backend) => backend.onModuleInit());
  }

  /** Tells the backends inside. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#each<OnApplicationBootstrap>('onApplicationBootstrap', (backend) => backend.onApplicationBootstrap());
  }

  /** Tells the backends inside. */
  async onModuleDestroy(): Promise<void> {
    await this.#each<OnModuleDestroy>('onModuleDestroy', (backend) => backend.onModuleDestroy());
  }

  /** Tells the backends inside. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    await this.#each<BeforeApplicationShutdown>('beforeApplicationShutdown', (backend) =>
      backend.beforeApplicationShutdown(signal),
    );
  }

  /** Tells the backends inside. */
  async onApplicationShutdown(signal?: string): Promise<void> {
    await this.#each<OnApplicationShutdown>('onApplicationShutdown', (backend) =>
      backend.onApplicationShutdown(signal),
    );
  }

  /** @internal */
  abstract [PREPARE](preparation: Preparation): number;

  /** @internal */
  [OPEN_BREAKERS](): readonly string[] {
    return this.children.flatMap(({ backend }) => openBreakersOf(backend));
  }

  /** Calls a hook of every backend inside that has it, and fails when all are done and one of them failed. */
  async #each<Hook extends object>(name: keyof Hook & string, call: (backend: Hook) => unknown): Promise<void> {
    const having = [...this.#inside(name)].filter((backend): backend is Hook => name in backend);
    const calls = await Promise.allSettled(having.map(async (backend) => call(backend)));
    for (const outcome of calls) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /**
   * The backends whose hook this one calls, each once, also when it is inside several composite ones: these are looked
   * into, unless they have a hook of their own.
   */
  #inside(hook: string, found = new Set<object>()): ReadonlySet<object> {
    for (const { backend } of this.children.filter(({ isOwn }) => isOwn)) {
      const isPlain = backend instanceof CompositeBackend && hasSame(backend, CompositeBackend.prototype, hook);
      if (isPlain) backend.#inside(hook, found);
      else found.add(backend);
    }
    return found;
  }
}

function hasSame(one: object, other: object, name: string): boolean {
  return Reflect.get(one, name) === Reflect.get(other, name);
}
