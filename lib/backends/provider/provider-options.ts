import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { OptionReader } from '../../common/option-reader.js';
import { PhoneVerifyConfigurationError } from '../../phone-verify.errors.js';

/**
 * Settings that every provider backend takes.
 *
 * @publicApi
 */
export interface ProviderOptions {
  /** Base URL of the provider's API, `https://…`, such as that of a region. Default: the provider's. */
  readonly baseUrl?: string;
  /** Time limit of one call in milliseconds, 1 to 600 000. Can only shorten `delivery.timeoutMs`. Default: none. */
  readonly timeoutMs?: number;
  /**
   * Makes the connections, as `agent` of `https.request`: an `https.Agent`, or one for an egress proxy such as
   * `new HttpsProxyAgent('http://proxy:3128', { keepAlive: true })` of `https-proxy-agent`. It is used as it is; the
   * environment's proxy variables do not apply. Default: connections that all backends share and keep alive, through the
   * proxy in `HTTPS_PROXY`, unless `NO_PROXY` names the host.
   */
  readonly agent?: Agent;
  /**
   * Fields of the provider's own API, by its own names. They are passed unchanged with every message and override those
   * of the backend. Default: none.
   */
  readonly extra?: ProviderFields;
}

/**
 * Fields of a provider's own API.
 *
 * @publicApi
 */
export interface ProviderFields {
  readonly [field: string]: unknown;
}

/**
 * Fields with those of the option `extra`, which win. Objects in both are merged, so that a field inside one of them can
 * be set alone.
 */
export function withExtra(fields: object, extra?: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...fields };
  if (extra === undefined) return merged;
  for (const [name, value] of Object.entries(extra)) {
    const own = merged[name];
    merged[name] = isFields(own) && isFields(value) ? withExtra(own, value) : value;
  }
  return merged;
}

/** {@link withExtra} for a body that an SDK has written as JSON. */
export function withExtraInJson(body: string | undefined, extra: object | undefined): string | undefined {
  return body === undefined || extra === undefined ? body : JSON.stringify(withExtra(JSON.parse(body), extra));
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Range of a time limit, in milliseconds. */
export const TIMEOUT_RANGE = { unit: 'milliseconds', from: 1, to: 600_000 };

/**
 * Validates the settings of a backend.
 *
 * @param known - Names of all settings.
 * @param check - Reads each setting and records its validation errors.
 * @throws {@link PhoneVerifyConfigurationError} with all validation errors, by name and without the values, which may be
 *   credentials.
 */
export function checkBackendOptions(
  options: unknown,
  known: readonly string[],
  check: (reader: OptionReader) => void,
): void {
  const faults: string[] = [];
  const reader = new OptionReader(typeof options === 'object' && options !== null ? options : {}, faults, 'options.');
  reader.refuseUnknown(known);
  check(reader);
  if (faults.length > 0) throw new PhoneVerifyConfigurationError(faults);
}

/**
 * Validates the option `agent`.
 *
 * @param urlOption - The option with the URL; without a value, the URL begins with `https://`.
 */
export function checkAgent(reader: OptionReader, urlOption: string): void {
  const agent = reader.value('agent');
  if (agent === undefined) return;
  // Not `instanceof`: some agents for proxies do not extend Node's.
  if (typeof agent !== 'object' || agent === null || typeof Reflect.get(agent, 'addRequest') !== 'function') {
    reader.fault('agent', 'must be an https.Agent or an http.Agent of Node');
    return;
  }
  const isPlainUrl = /^http:/i.test(String(reader.value(urlOption)));
  // Agents for proxies extend `http.Agent` and serve both.
  if (!isPlainUrl && Object.getPrototypeOf(agent) === Agent.prototype) {
    reader.fault('agent', 'is an http.Agent, and the address begins with https://; give an https.Agent');
  }
  if (isPlainUrl && agent instanceof SecureAgent) {
    reader.fault('agent', 'is an https.Agent, and the address begins with http://; give an http.Agent');
  }
}

/** {@link checkBackendOptions} for a provider backend, with the settings of {@link ProviderOptions}. */
export function checkProviderOptions(
  options: unknown,
  own: readonly string[],
  check: (reader: OptionReader) => void,
): void {
  checkBackendOptions(options, [...own, 'baseUrl', 'timeoutMs', 'agent', 'extra'], (reader) => {
    check(reader);
    reader.url('baseUrl');
    checkAgent(reader, 'baseUrl');
    reader.object('extra');
    reader.integer('timeoutMs', TIMEOUT_RANGE, TIMEOUT_RANGE.to);
  });
}
