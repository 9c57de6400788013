/** Settings that are not secret, or not text. All others are treated as secret. */
const PUBLIC_SETTINGS: ReadonlySet<string> = new Set([
  'agent',
  'baseUrl',
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
  'url',
]);

/** Secret texts in a backend's settings, and the words in them, to redact even if the provider repeats them. */
export function credentialsIn(options: object): string[] {
  return Object.entries(options)
    .filter(([name]) => !PUBLIC_SETTINGS.has(name))
    .flatMap(([name, value]: [string, unknown]) => (name === 'extra' ? longTextsIn(value) : textsIn(value)))
    .flatMap((value) => [value].concat(value.split(/\s+/)));
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
const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-amz-security-token', 'x-api-key']);

/** The credentials in the headers of a request, and the words in them. */
export function credentialsInHeaders(headers: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => SECRET_HEADERS.has(name.toLowerCase()))
    .flatMap(([, value]) => textsIn(value))
    .flatMap((value) => [value].concat(value.split(/\s+/)))
    .filter(({ length }) => length >= SHORTEST_IN_EXTRA);
}
