import type { CookieOptions, HttpRequest, HttpResponse } from '../http.js';
import { SESSION_DAYS } from './sessions.service.js';

const NAME = 'sample_session';

/** The token in a request's cookie; empty if there is none. */
export function readSessionCookie({ headers }: HttpRequest): string {
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${NAME}=`))?.slice(NAME.length + 1) ?? '';
}

/** Signs the browser in. Scripts cannot read the cookie, and requests from other sites do not carry it. */
export function setSessionCookie(request: HttpRequest, response: HttpResponse, token: string): void {
  response.cookie(NAME, token, { ...attributes(request), maxAge: SESSION_DAYS * 86_400_000 });
}

/** Signs the browser out. */
export function clearSessionCookie(request: HttpRequest, response: HttpResponse): void {
  response.clearCookie(NAME, attributes(request));
}

function attributes({ secure }: HttpRequest): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' };
}
