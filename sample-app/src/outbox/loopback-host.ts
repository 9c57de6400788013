import type { HttpRequest } from '../http.js';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Whether the `Host` of a request is this machine. Another site can make its own name resolve to 127.0.0.1 (DNS
 * rebinding) and then read responses of the sample, but its requests still have that site's name as `Host`.
 */
export function hasLoopbackHost({ headers }: HttpRequest): boolean {
  return LOOPBACK.test(headers.host ?? '');
}
