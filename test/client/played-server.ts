import type { PhoneVerifyClientOptions } from '../../lib/client/index.js';

/** What the server answers: a status and a body, text as it is; an error that `fetch` throws; or nothing, ever. */
export type PlayedAnswer = readonly [status: number, body: object | string] | Error | 'nothing';

/** A request as it was made. */
export interface PlayedRequest {
  readonly url: string;
  readonly init: RequestInit;
  readonly body: unknown;
}

/** The session that the server opens, of whichever number was asked for. */
export const SENT = {
  session_token: 'session-1',
  expires_in: 600,
  resend_in: 30,
  code_length: 6,
  code_format: 'numeric',
};

/** A server behind a `fetch` of its own. */
export class PlayedServer {
  readonly requests: PlayedRequest[] = [];
  #answers: PlayedAnswer[] = [];

  /** Answers in turn; the last one stays. */
  answer(...answers: readonly PlayedAnswer[]): void {
    this.#answers = [...answers];
  }

  readonly fetch: NonNullable<PhoneVerifyClientOptions['fetch']> = async (url, init) => {
    this.requests.push({ url, init, body: JSON.parse(typeof init.body === 'string' ? init.body : '') });
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined || answer === 'nothing') return new Promise(() => undefined);
    if (answer instanceof Error) throw answer;
    const [status, body] = answer;
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };

  /** Paths that were asked, in order. */
  get paths(): string[] {
    return this.requests.map(({ url }) => url);
  }
}

/** A failure as the routes tell it. */
export function failure(status: number, code: string, extra: object = {}): PlayedAnswer {
  return [status, { statusCode: status, error: 'Error', message: `text of ${code}`, code, ...extra }];
}

/** A storage in memory. */
export class MemoryStorage {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}
