import { ScriptedBackend } from './composites.js';

/** A backend that records the calls of Nest's lifecycle hooks. */
export class HookedBackend extends ScriptedBackend {
  readonly hooks: unknown[] = [];

  override behave = () => undefined;

  onModuleInit(): void | Promise<void> {
    this.hooks.push('init');
  }

  async onApplicationBootstrap(): Promise<void> {
    this.hooks.push('bootstrap');
  }

  onModuleDestroy(): void {
    this.hooks.push('destroy');
  }

  beforeApplicationShutdown(signal?: string): void {
    this.hooks.push(['before shutdown', signal]);
  }

  onApplicationShutdown(signal?: string): void {
    this.hooks.push(['shutdown', signal]);
  }
}
