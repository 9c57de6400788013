import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventPort } from './event-port.js';
import { SendObserver } from './send-observer.js';
import { loadOptional } from '../common/optional-package.js';

/** Name under which OpenTelemetry knows the library. */
const SCOPE = 'nestjs-phone-verify';

/** Counts and traces through `@opentelemetry/api`, where the application has it. */
@Injectable()
export class Telemetry implements OnModuleInit {
  constructor(
    private readonly events: EventPort,
    private readonly observer: SendObserver,
  ) {}

  /** Without the package nothing is measured, and nothing is asked for each message. */
  async onModuleInit(): Promise<void> {
    const api = await loadOptional('@opentelemetry/api', () => import('@opentelemetry/api'));
    if (api === undefined) return;
    const { createRecorder } = await import('./metrics.js');
    const { createTracing } = await import('./tracing.js');
    this.events.subscribe(createRecorder(api.metrics.getMeter(SCOPE)));
    this.observer.wrapWith(createTracing(api, api.trace.getTracer(SCOPE)));
  }
}
