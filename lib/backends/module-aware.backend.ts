import type { InjectionToken } from '@nestjs/common';
import type { SendReceipt } from '../common/send-receipt.js';
import { BaseBackend, type SendContext } from './base.backend.js';
import type { FailureReport } from './failure-report.js';

/** What the module passes to a backend when the application starts. */
export interface ModuleSettings {
  /** Time limit of one send through this backend, in milliseconds. */
  readonly timeoutMs: number;
  /** Time limit of one send through a backend inside this one, in milliseconds. */
  readonly insideTimeoutMs: number;
  /** The composites around the backends inside, the outermost first. */
  readonly around: readonly BaseBackend<unknown>[];
  /** Returns what the application provides under a token, or `undefined`. */
  readonly resolve: (token: InjectionToken) => unknown;
}

/** One message, and where a composite reports each backend that failed to send it. */
export interface ReportedSend {
  /** E.164. */
  readonly number: string;
  readonly message: string;
  readonly send: SendContext | undefined;
  readonly report: FailureReport;
}

/**
 * What the module needs of a backend beyond {@link BaseBackend}. Provider and composite backends override what they
 * need. The backends of an application extend `BaseBackend` and need none of it.
 */
export abstract class ModuleAwareBackend<TOptions> extends BaseBackend<TOptions> {
  /**
   * Called before the first send.
   *
   * @internal
   * @returns The longest that one send may take, in milliseconds.
   * @throws {@link PhoneVerifyConfigurationError} if the settings cannot work together.
   */
  prepareForModule({ timeoutMs }: ModuleSettings): number {
    return timeoutMs;
  }

  /**
   * Sends one message, as `sendSms`. A composite calls `report` for each backend inside it that failed.
   *
   * @internal
   */
  async sendReporting({ number, message, send }: ReportedSend): Promise<SendReceipt | void> {
    return this.sendSms(number, message, send);
  }

  /**
   * The names in the receipts of the backends inside this one.
   *
   * @internal
   */
  receiptNames(): readonly string[] {
    return [];
  }

  /**
   * Names of the backends inside this one whose circuit breaker is open.
   *
   * @internal
   */
  openBreakers(): readonly string[] {
    return [];
  }
}

/** Settings of a backend that is used without the module, such as in a script. */
export const WITHOUT_MODULE: ModuleSettings = {
  timeoutMs: 10_000,
  insideTimeoutMs: 5000,
  around: [],
  resolve: () => undefined,
};

/** Prepares a backend of any kind, see {@link ModuleAwareBackend.prepareForModule}. */
export function prepareBackend(backend: object, settings: ModuleSettings): number {
  if (!(backend instanceof ModuleAwareBackend)) return settings.timeoutMs;
  // Added here and not by the backend itself, because others may reach it through a proxy.
  return backend.prepareForModule({ ...settings, around: [...settings.around, backend] });
}

/**
 * Whether an object has the method of a class, and no override of it. It compares prototypes, because the methods of a
 * proxy, such as one of a monitoring tool, are others.
 */
export function hasMethodOf(object: object, type: { readonly prototype: object }, name: string): boolean {
  if (Object.hasOwn(object, name)) return false;
  return Reflect.get(Object(Object.getPrototypeOf(object)), name) === Reflect.get(type.prototype, name);
}

/** Sends through a backend of any kind, see {@link ModuleAwareBackend.sendReporting}. */
export function sendThrough(backend: BaseBackend<unknown>, sending: ReportedSend): Promise<SendReceipt | void> {
  return backend instanceof ModuleAwareBackend
    ? backend.sendReporting(sending)
    : backend.sendSms(sending.number, sending.message, sending.send);
}

/** Names in the receipts of the backends inside one of any kind, see {@link ModuleAwareBackend.receiptNames}. */
export function receiptNamesOf(backend: object): readonly string[] {
  return backend instanceof ModuleAwareBackend ? backend.receiptNames() : [];
}

/** Open circuit breakers of a backend of any kind, each name once, see {@link ModuleAwareBackend.openBreakers}. */
export function openBreakersOf(backend: object): readonly string[] {
  return backend instanceof ModuleAwareBackend ? [...new Set(backend.openBreakers())] : [];
}
