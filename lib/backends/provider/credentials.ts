/** Settings that are no secret. All others are: one that is not listed here is hidden rather than shown. */
const PUBLIC_SETTINGS: ReadonlySet<string> = new Set([
  'baseUrl',
  'from',
  'messagingProfileId',
  'messagingServiceSid',
  'method',
  'originator',
  'region',
  'senderId',
  'url',
]);

/** Texts in a backend's settings that no error may show, even when the provider repeats them, with their words. */
export function credentialsIn(options: object): string[] {
  return Object.entries(options)
    .filter(([name]) => !PUBLIC_SETTINGS.has(name))
    .flatMap(([, value]: [string, unknown]) =>
      // Headers and pairs of keys are objects; nothing lies deeper.
      typeof value === 'object' && value !== null ? Object.values(value) : value,
    )
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value].concat(value.split(/\s+/)));
}
