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

/** What backends made of other backends share: their start, their time and their shutdown reach the ones inside. */
export abstract class CompositeBackend<TOptions>
  extends BaseBackend<TOptions>
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  /** The backends inside, each once. */
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

  /** Calls a hook of every backend that has it, also when another one fails. */
  async #each<Hook extends object>(name: keyof Hook & string, call: (backend: Hook) => unknown): Promise<void> {
    const own = new Set<object>(this.children.filter(({ isOwn }) => isOwn).map(({ backend }) => backend));
    const having = [...own].filter((backend): backend is Hook => name in backend);
    await Promise.all(having.map(async (backend) => call(backend)));
  }
}
