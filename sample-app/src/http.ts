import type { IncomingHttpHeaders } from 'node:http';

/** The part of a request that the sample reads. */
export interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
  /** Whether it came over HTTPS. Behind a proxy, this needs `trust proxy` of Express. */
  readonly secure: boolean;
}

/** The part of a response that the sample uses. */
export interface HttpResponse {
  cookie(name: string, value: string, options: CookieOptions): void;
  clearCookie(name: string, options: CookieOptions): void;
  setHeader(name: string, value: string): void;
  type(name: string): this;
  send(body: string): void;
  redirect(status: number, path: string): void;
}

/** Attributes of a cookie. */
export interface CookieOptions {
  readonly httpOnly: boolean;
  readonly sameSite: 'lax';
  readonly secure: boolean;
  readonly path: string;
  /** In milliseconds. */
  readonly maxAge?: number;
}
