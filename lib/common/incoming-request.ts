/**
 * What the requests of Express and Fastify have in common. A function of the application may declare the type of its own
 * adapter instead, such as `Request` of Express.
 *
 * @publicApi
 */
export interface IncomingRequest {
  /** By lowercase name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As the adapter parsed it; `undefined` for a request without a body. */
  readonly body?: unknown;
  /** Address of the client, as far back as the adapter trusts the proxies in between. */
  readonly ip?: string | undefined;
  /** The chain of addresses that the adapter followed; on Fastify only where it trusts a proxy at all. */
  readonly ips?: readonly (string | undefined)[] | undefined;
  /** Node's own request, on Fastify. */
  readonly raw?: object;
}
