import { getProxyForUrl } from 'proxy-from-env';
import { proxyAuthorization } from './tunnel-agent.js';
import type { ProviderRequest } from './http-exchange.js';

/** Settings that are not secret, or not text. All others are treated as secret. */
const PUBLIC_SETTINGS: ReadonlySet<string> = new Set([
  'agent',
  'from',
  'messagingProfileId',
  'messagingServiceSid',
  'method',
  'originationIdentity',
  'originator',
  'powerpackUuid',
  'protectConfigurationId',
  'region',
  'senderId',
]);

/** Settings with an address. Only what may be secret in it is treated as secret. */
const ADDRESSES: ReadonlySet<string> = new Set(['baseUrl', 'url']);

/** Secret texts in a backend's settings, and the words in them, to redact even if the provider repeats them. */
export function credentialsIn(options: object): string[] {
  return Object.entries(options)
    .flatMap(([name, value]: [string, unknown]) => secretsInSetting(name, value))
    .flatMap((value) => [value].concat(value.split(/\s+/)));
}

function secretsInSetting(name: string, value: unknown): string[] {
  if (ADDRESSES.has(name)) return secretsInAddress(String(value));
  if (PUBLIC_SETTINGS.has(name)) return [];
  return name === 'extra' ? longTextsIn(value) : textsIn(value);
}

/** User, password and the values in the query of an address, as they are and as they are sent. */
function secretsInAddress(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { username, password, searchParams, search } = new URL(address);
  const [user, secret] = [decoded(username), decoded(password)];
  return [
    username,
    password,
    user,
    secret,
    Buffer.from(`${user}:${secret}`).toString('base64'),
    ...searchParams.values(),
    ...search
      .slice(1)
      .split('&')
      .map((field) => field.slice(field.indexOf('=') + 1)),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shortest text in `extra` that can be a secret. A shorter one, such as `true`, is also part of other words. */
const SHORTEST_IN_EXTRA = 8;

function longTextsIn(value: unknown): string[] {
  return textsIn(value).filter(({ length }) => length >= SHORTEST_IN_EXTRA);
}

/** The texts in a value, at any depth, such as those in headers and pairs of keys. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Headers with credentials, which a provider could repeat in an error as they were sent, such as in Base64. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-amz-security-token',
  'x-api-key',
]);

/** The credentials in the headers of a request, and the words in them; also those for the proxy that it goes through. */
export function credentialsInRequest({ url, headers }: ProviderRequest): string[] {
  return Object.entries({ ...headers, ...headersForProxy(url) })
    .filter(([name]) => SECRET_HEADERS.has(name.toLowerCase()))
    .flatMap(([, value]) => textsIn(value))
    .flatMap((value) => [value].concat(value.split(/\s+/)))
    .filter(({ length }) => length >= SHORTEST_IN_EXTRA);
}

function headersForProxy(url: string): Record<string, string> {
  const address = getProxyForUrl(url);
  try {
    return address === '' ? {} : proxyAuthorization(new URL(address));
  } catch {
    // No request was sent to an address that cannot be read.
    return {};
  }
}
