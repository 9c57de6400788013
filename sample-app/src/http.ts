import type { IncomingHttpHeaders } from 'node:http';

/** What the sample reads of a request. */
export interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
  /** Whether it came by HTTPS; behind a proxy, what `trust proxy` of Express lets the proxy say. */
  readonly secure: boolean;
}

/** What the sample does with a response. */
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
  /** Milliseconds. */
  readonly maxAge?: number;
}
