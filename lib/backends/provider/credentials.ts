/** Settings that are not secret. All others are treated as secret. */
const PUBLIC_SETTINGS: ReadonlySet<string> = new Set([
  'baseUrl',
  'from',
  'messagingProfileId',
  'messagingServiceSid',
  'method',
  'originator',
  'powerpackUuid',
  'region',
  'senderId',
  'url',
]);

/** Secret texts in a backend's settings, and the words in them, to redact even if the provider repeats them. */
export function credentialsIn(options: object): string[] {
  return Object.entries(options)
    .filter(([name]) => !PUBLIC_SETTINGS.has(name))
    .flatMap(([, value]: [string, unknown]) =>
      // Headers and pairs of keys are objects; nothing is nested deeper.
      typeof value === 'object' && value !== null ? Object.values(value) : value,
    )
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value].concat(value.split(/\s+/)));
}
