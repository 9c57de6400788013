import { isWireCode } from './client-error.js';
import { isObject, type ReceivedResponse } from './received-response.js';

const EXEMPT = 'exempt these routes with the option `decorators` of PhoneVerifyModule';

const CAUSES_BY_STATUS: Readonly<Record<number, string>> = {
  401: `A guard of the application, or a proxy, requires a login: ${EXEMPT}.`,
  403: `A guard of the application, or a firewall, refused the request: ${EXEMPT}.`,
  404: 'The route does not exist at this URL. Check `baseUrl`: the global prefix of the application, then `path` of PhoneVerifyModule.',
  405: 'The URL accepts no POST. Check `baseUrl`: the global prefix of the application, then `path` of PhoneVerifyModule.',
  429: `Another rate limiter refused the request, such as @nestjs/throttler: ${EXEMPT}, as in \`[SkipThrottle()]\`.`,
};

/**
 * What was received in place of a response of the routes, and the likely cause. It names the fields of the body but no
 * value, since a value can be a token. A file of its own when bundled: only a page that is set up wrongly loads it.
 */
export function diagnose(response: ReceivedResponse): string {
  return `The response is not one of the phone verification routes: status ${response.status}, ${describeBody(response.body)}. ${likelyCause(response)}`;
}

function describeBody(body: unknown): string {
  if (isObject(body)) {
    const names = Object.keys(body).slice(0, 8);
    return names.length === 0 ? 'an empty JSON object' : `a JSON object with the fields ${names.join(', ')}`;
  }
  if (typeof body !== 'string') return 'JSON that is no object';
  if (body.trim() === '') return 'no body';
  return isPage(body) ? 'an HTML page' : 'text that is no JSON';
}

function likelyCause({ status, isRedirected, body }: ReceivedResponse): string {
  if (isRedirected) return 'The request was redirected. Set `baseUrl` to the final URL.';
  const wrapper = wrapperOf(body);
  if (wrapper !== undefined) {
    return `An interceptor or exception filter of the application wraps responses in \`${wrapper}\`: ${EXEMPT}.`;
  }
  const cause = CAUSES_BY_STATUS[status];
  if (cause !== undefined) return cause;
  if (status >= 500) return 'The application or a proxy in front of it failed. Their logs say why.';
  if (isPage(body)) return 'Another server, such as that of the web pages, responded. Check `baseUrl`.';
  return `Check \`baseUrl\`. If an interceptor or exception filter of the application changes responses, ${EXEMPT}.`;
}

/** The field whose object is a response of the routes. */
function wrapperOf(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  return Object.keys(body).find((name) => {
    const inner = body[name];
    return isObject(inner) && ('session_token' in inner || 'verification_token' in inner || isWireCode(inner['code']));
  });
}

function isPage(body: unknown): boolean {
  return typeof body === 'string' && body.trimStart().startsWith('<');
}

/** What to change about the URL of the routes, outside a browser. */
export function adviseOn(baseUrl: string): string {
  return /^https?:/i.test(baseUrl) ? '' : ' Outside a browser, `baseUrl` must be an absolute URL.';
}
