import type { DynamicModule } from '@nestjs/common';
import { createObserveModule } from '@nestjs/observe';

// It adds its id to logs by changing Nest's logger, which other tests in the process use.
const { ObserveModule, ObserveInstrument } = createObserveModule({ attachTraceIdToLogs: false });

/** Wraps every provider of an application in a proxy; an option of Nest's factories. */
export const instrument = ObserveInstrument ?? { instanceDecorator: (instance: unknown) => instance };

/** Has the proxies record each call of a request, which changes how they call. Nothing is sent to a collector. */
export function observeModule(): DynamicModule {
  return ObserveModule.forRoot({
    appKey: 'key',
    appSecret: 'secret',
    serviceId: 'tests',
    endpoint: 'http://127.0.0.1:9',
    flushInterval: 3_600_000,
    outgoing: false,
  });
}
