import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventPublisher } from './event-publisher.js';
import { SendObserver } from './send-observer.js';
import { loadOptional } from '../common/optional-package.js';

/** Name of the instrumentation scope. */
const SCOPE_NAME = 'nestjs-phone-verify';

/** Records metrics and traces through `@opentelemetry/api`, if it is installed. */
@Injectable()
export class Telemetry implements OnModuleInit {
  constructor(
    private readonly events: EventPublisher,
    private readonly observer: SendObserver,
  ) {}

  /** Without the package, nothing is recorded and sends have no overhead. */
  async onModuleInit(): Promise<void> {
    const api = await loadOptional('@opentelemetry/api', () => import('@opentelemetry/api'));
    if (api === undefined) return;
    const { createMetricsListener } = await import('./metrics.js');
    const { createTracingWrapper } = await import('./tracing.js');
    this.events.subscribe(createMetricsListener(api.metrics.getMeter(SCOPE_NAME)));
    this.observer.setWrapper(createTracingWrapper(api, api.trace.getTracer(SCOPE_NAME)));
  }
}
