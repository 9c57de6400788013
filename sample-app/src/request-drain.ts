import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { HttpAdapterHost } from '@nestjs/core';
import type { Environment } from './configuration.js';

/** How often the drain checks whether the last request has finished. */
const LOOK_EVERY_MS = 50;

/**
 * Lets pending requests finish before the application shuts down. Nest runs this hook while the server still listens
 * and the database is still open. Afterwards, `forceCloseConnections` closes what is left: idle connections, and
 * requests that took too long.
 */
@Injectable()
export class RequestDrain implements OnModuleInit, BeforeApplicationShutdown {
  readonly #inFlight = new Set<ServerResponse>();
  #isDraining = false;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: ConfigService<Environment, true>,
  ) {}

  /** Registered before Nest's own listener, so that no response has begun. */
  onModuleInit(): void {
    this.#server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      if (this.#isDraining) closeAfter(response);
      this.#inFlight.add(response);
      response.once('close', () => this.#inFlight.delete(response));
    });
  }

  /** Stops listening, closes idle connections, and waits at most `DRAIN_SECONDS` for the pending requests. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isDraining = true;
    for (const response of this.#inFlight) closeAfter(response);
    this.#server.close();
    const end = performance.now() + this.config.get('DRAIN_SECONDS', { infer: true }) * 1000;
    while (this.#inFlight.size > 0 && performance.now() < end) await setTimeout(LOOK_EVERY_MS);
  }

  get #server(): Server {
    return this.adapterHost.httpAdapter.getHttpServer();
  }
}

/** Tells the client to send no further request on the response's connection. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
