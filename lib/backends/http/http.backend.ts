import { type Agent, validateHeaderName, validateHeaderValue } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { SendReceipt } from '../../common/send-receipt.js';
import { SmsDeliveryError } from '../../common/sms-delivery.error.js';
import type { ProviderResponse, ProviderRequest } from '../provider/http-exchange.js';
import { isSuccess, kindOfStatus, refusal } from '../provider/provider-response.js';
import { checkAgent, checkBackendOptions, TIMEOUT_RANGE } from '../provider/provider-options.js';
import { type OutgoingMessage, ProviderBackend } from '../provider/provider.backend.js';

/**
 * Settings of {@link HttpBackend}.
 *
 * @publicApi
 */
export interface HttpBackendOptions {
  /** URL of the gateway. */
  readonly url: string;
  /** HTTP method. Default `'POST'`. With `'GET'` the body goes into the query string. */
  readonly method?: string;
  /** Headers, such as `Authorization`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Makes the body for a number in E.164 and a text. An object is sent as JSON, a `URLSearchParams` as a form, a string
   * unchanged.
   */
  readonly body: (number: string, message: string) => object | string | Promise<object | string>;
  /** Whether the response means that the message was accepted. Default: any status from 200 to 299. */
  readonly accepted?: (status: number, text: string) => boolean | Promise<boolean>;
  /** Time limit of one call in milliseconds, 1 to 600 000. Can only shorten `delivery.timeoutMs`. Default: none. */
  readonly timeoutMs?: number;
  /**
   * Makes the connections, as `agent` of `https.request`. Default: connections that all backends share and keep alive,
   * through the environment's proxy.
   */
  readonly agent?: Agent;
}

/** Redirects that are followed; all of them on the origin of the gateway. */
const MAX_REDIRECTS = 3;

/**
 * Sends through any gateway with an HTTP API. Follows only redirects that repeat the request on the same origin, because
 * the request carries credentials.
 *
 * @publicApi
 */
@Injectable()
export class HttpBackend extends ProviderBackend<HttpBackendOptions> {
  /** @throws {@link PhoneVerifyConfigurationError} with all validation errors of the settings. */
  constructor(options: HttpBackendOptions) {
    super(options);
    checkBackendOptions(options, ['url', 'method', 'headers', 'body', 'accepted', 'timeoutMs', 'agent'], (reader) => {
      if (reader.value('url') === undefined) reader.fault('url', 'is required');
      reader.url('url');
      if (!/^[A-Z]+$/.test(reader.text('method', 'POST'))) reader.fault('method', 'must be an HTTP method in capitals');
      if (!Object.entries(reader.object('headers')).every(isHeader)) {
        reader.fault('headers', 'must be an object of header names and values that HTTP allows');
      }
      if (reader.value('body') === undefined) reader.fault('body', 'is required');
      reader.function('body');
      reader.function('accepted');
      checkAgent(reader, 'url');
      reader.integer('timeoutMs', TIMEOUT_RANGE, TIMEOUT_RANGE.to);
    });
  }

  protected override async deliver({ to, text, exchange }: OutgoingMessage): Promise<SendReceipt> {
    const { accepted = isSuccess } = this.options;
    let request = await this.#make(to, text);
    let response = await exchange(request);
    for (let followed = 0; followed < MAX_REDIRECTS; followed += 1) {
      const next = redirected(request, response);
      if (next === undefined) break;
      request = next;
      response = await exchange(request);
    }
    if (await accepted(response.status, response.text)) return { backend: this.constructor.name };
    throw refusalOf(response);
  }

  /** If the application's function fails, nothing was sent. */
  async #make(number: string, message: string): Promise<ProviderRequest> {
    try {
      return await this.#request(number, message);
    } catch (thrown) {
      throw new SmsDeliveryError('misconfigured', 'The option `body` did not make a body.', { cause: thrown });
    }
  }

  async #request(number: string, message: string): Promise<ProviderRequest> {
    const { url, method = 'POST', headers = {}, body } = this.options;
    const content = await body(number, message);
    // Declared so, but the function may return anything.
    if (typeof content !== 'string' && !isObject(content)) throw new TypeError('It is neither an object nor a text.');
    if (method === 'GET') return { method, url: withQuery(url, content), headers };
    const type = typeof content === 'string' ? 'text/plain' : content instanceof URLSearchParams ? FORM : JSON_TYPE;
    const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
    return {
      method,
      url,
      headers: hasType ? headers : { ...headers, 'content-type': `${type}; charset=utf-8` },
      body:
        typeof content === 'string' || content instanceof URLSearchParams ? String(content) : JSON.stringify(content),
    };
  }
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isHeader([name, value]: readonly [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    if (typeof value !== 'string') return false;
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** The error of a response that did not accept the message. A refusal with status 2xx has an unknown reason. */
function refusalOf(response: ProviderResponse): SmsDeliveryError {
  const kind = isSuccess(response.status) ? 'unknown' : kindOfStatus(response.status);
  return refusal(response, { [response.status]: kind }, { code: response.status, text: response.text.slice(0, 200) });
}

/** The request that a redirect leads to, if it repeats the request on the same origin. */
function redirected(request: ProviderRequest, { status, headers }: ProviderResponse): ProviderRequest | undefined {
  const isRepeat = status === 307 || status === 308 || (request.method === 'GET' && [301, 302, 303].includes(status));
  const { location } = headers;
  if (!isRepeat || location === undefined || !URL.canParse(location, request.url)) return undefined;
  const target = new URL(location, request.url);
  return target.origin === new URL(request.url).origin ? { ...request, url: target.href } : undefined;
}

function withQuery(url: string, content: object | string): string {
  const target = new URL(url);
  const fields = new URLSearchParams(typeof content === 'string' ? content : Object.entries(content));
  for (const [name, value] of content instanceof URLSearchParams ? content : fields)
    target.searchParams.append(name, value);
  return target.href;
}
