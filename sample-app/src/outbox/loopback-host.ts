import type { HttpRequest } from '../http.js';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request names this machine itself in its `Host`. A page of another site can have its own name resolve to
 * 127.0.0.1 (DNS rebinding): its requests then reach the sample, and it may read the responses, but they name that site.
 */
export function hasLoopbackHost({ headers }: HttpRequest): boolean {
  return LOOPBACK.test(headers.host ?? '');
}
