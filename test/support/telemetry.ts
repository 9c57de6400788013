import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  context,
  type ContextManager,
  metrics,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Stores the active span, as the SDK for Node does. */
class TestContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with: ContextManager['with'] = (active, run, self, ...parameters) =>
    this.#storage.run(active, () => run.apply(self, parameters));

  bind<T>(_context: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

/** OpenTelemetry as an application configures it, with exporters in memory. */
export class RecordedTelemetry {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metrics,
    exportIntervalMillis: 2_000_000_000,
  });

  /** Installs it for the process, until {@link stop}. */
  start(): void {
    context.setGlobalContextManager(new TestContextManager());
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [this.#reader] }));
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] }));
  }

  async stop(): Promise<void> {
    await this.#reader.shutdown();
    for (const api of [context, metrics, trace]) api.disable();
  }

  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** Every instrument with its measurements. */
  async instruments(): Promise<readonly MetricData[]> {
    this.#metrics.reset();
    await this.#reader.forceFlush();
    return this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  }

  /** Attributes and values of an instrument; the sum for a histogram. */
  async points(name: string): Promise<readonly { attributes: Attributes; value: unknown }[]> {
    const points = await this.#pointsOf(name);
    return points.map(({ attributes, value }) => ({ attributes, value: isHistogram(value) ? value.sum : value }));
  }

  /** Bounds of the buckets of a histogram. */
  async boundsOf(name: string): Promise<readonly number[]> {
    const [point] = await this.#pointsOf(name);
    return isHistogram(point?.value) ? point.value.buckets.boundaries : [];
  }

  async #pointsOf(name: string): Promise<readonly DataPoint<unknown>[]> {
    const instruments = await this.instruments();
    return instruments
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap<DataPoint<unknown>>((one) => one.dataPoints);
  }
}

function isHistogram(value: unknown): value is Histogram {
  return typeof value === 'object' && value !== null && 'buckets' in value;
}
