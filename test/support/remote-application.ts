import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DataSourceOptions } from 'typeorm';
import type {
  PhoneVerifyModuleOptions,
  PurgeOptions,
  SendOptions,
  SentVerification,
  VerificationResult,
  VerifiedPhone,
} from '../../lib/index.js';
import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import { NO_LIMITS } from './limits.js';
import type { FreshRedis } from './redis.js';

export interface RemoteApplicationOptions {
  /** Must be migrated. */
  readonly database: DataSourceOptions;
  /** Without `limits` all limits are off. */
  readonly phoneVerify?: Partial<PhoneVerifyModuleOptions>;
  /** The first statement of each connection to MariaDB. */
  readonly sessionStatement?: string | undefined;
  /** Redis for the limits, instead of the database. */
  readonly redis?: FreshRedis['connection'] | undefined;
  /** Whether it has an HTTP server, for {@link RemoteApplication.requestAll}. */
  readonly listens?: boolean;
  /** `CLOCK_SHIFT_MS` shifts the system clock of its process. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Reply {
  readonly result?: unknown;
  readonly error?: string;
}

/** The built library in another process, on any database, with a clock that the test sets. */
export class RemoteApplication {
  #lastId = 0;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #exit: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcess) {
    this.#exit = once(child, 'exit');
    child.on('message', ({ id, ...reply }: Reply & { id: number }) => this.#waiting.get(id)?.(reply));
    child.on('exit', () => {
      for (const reply of this.#waiting.values()) reply({ error: 'the process ended' });
    });
  }

  static async start({ environment, database, ...options }: RemoteApplicationOptions): Promise<RemoteApplication> {
    const script = fileURLToPath(new URL('remote-application.mjs', import.meta.url));
    const remote = new RemoteApplication(fork(script, { env: { ...process.env, ...environment } }));
    const sent = Object.fromEntries(Object.entries(database).filter(([key]) => key !== 'driver' && key !== 'logger'));
    await remote.#request('start', {
      ...options,
      database: sent,
      phoneVerify: { limits: NO_LIMITS, ...options.phoneVerify },
    });
    return remote;
  }

  async setClock(instant: number): Promise<void> {
    await this.#request('setClock', instant);
  }

  /** Instants are texts, because they are sent over IPC. */
  send(
    phoneNumber: string,
  ): Promise<Pick<SentVerification, 'sessionToken'> & { readonly expiresAt: string; readonly resendAt: string }> {
    return this.#request('send', { phoneNumber });
  }

  /** Sends all in parallel. Returns `sent` or the error code for each. */
  sendAll(phoneNumbers: readonly string[], options: SendOptions = {}): Promise<string[]> {
    return this.#request('sendAll', { phoneNumbers, options });
  }

  verifyAll(phoneNumber: string, codes: readonly string[], sessionToken: string): Promise<VerificationResult[]> {
    return this.#request('verifyAll', { phoneNumber, codes, sessionToken });
  }

  consumeAll(verificationToken: string, times: number): Promise<(VerifiedPhone | null)[]> {
    return this.#request('consumeAll', { verificationToken, times });
  }

  /** Sends parallel requests with one verification token to a route that consumes it. */
  requestAll(verificationToken: string, times: number): Promise<{ statuses: number[]; handled: number }> {
    return this.#request('requestAll', { verificationToken, times });
  }

  purge(options: PurgeOptions): Promise<{ deleted: number }> {
    return this.#request('purge', options);
  }

  /** Charges all lists in parallel, in the limit store in the database. */
  chargeAll(lists: readonly (readonly Charge[])[], now: number): Promise<ChargeOutcome[]> {
    return this.#request('chargeAll', { lists, now });
  }

  /** Starts a check that hangs after it has counted its attempt. */
  async hangAfterCounting(phoneNumber: string, code: string, sessionToken: string): Promise<void> {
    await this.#request('hangAfterCounting', { phoneNumber, code, sessionToken });
  }

  /** Closes the application and waits until the process ends by itself. Returns its exit code. */
  async close(): Promise<unknown> {
    return this.#end('close');
  }

  /** Closes nothing and waits until the process ends by itself. Returns its exit code. */
  async abandon(): Promise<unknown> {
    return this.#end('abandon');
  }

  /** Like `kill -9`. Does nothing if the process has ended. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exit;
  }

  async #end(command: 'close' | 'abandon'): Promise<unknown> {
    this.child.send({ id: 0, command });
    const [exitCode] = await this.#exit;
    return exitCode;
  }

  async #request<T>(command: string, input: unknown): Promise<T> {
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.send({ id, command, input });
    });
    this.#waiting.delete(id);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.result as T;
  }
}
