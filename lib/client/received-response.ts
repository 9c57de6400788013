/** A response that may not be one of the routes. */
export interface ReceivedResponse {
  readonly status: number;
  /** Whether the browser followed a redirect. */
  readonly isRedirected: boolean;
  /** The parsed JSON, or the text where it is not JSON. */
  readonly body: unknown;
}

/** Whether a value is an object and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
