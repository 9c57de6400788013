import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DataSourceOptions } from 'typeorm';
import type {
  PhoneVerifyModuleOptions,
  PurgeOptions,
  SentVerification,
  VerificationResult,
  VerifiedPhone,
} from '../../lib/index.js';
import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import { NO_LIMITS } from './limits.js';
import type { FreshRedis } from './redis.js';

export interface RemoteApplicationOptions {
  /** Migrated already. */
  readonly database: DataSourceOptions;
  /** Without `limits` nothing is limited. */
  readonly phoneVerify?: Partial<PhoneVerifyModuleOptions>;
  /** Run by each connection to MariaDB before anything else. */
  readonly sessionStatement?: string | undefined;
  /** Where the limits count, in place of the database. */
  readonly redis?: FreshRedis['connection'] | undefined;
  /** Whether it has a server, for {@link RemoteApplication.requestAll}. */
  readonly listens?: boolean;
  /** `CLOCK_SHIFT_MS` shifts the system clock of its process. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
}

/** The built library in a process of its own, on any database, with a clock that the test sets. */
export class RemoteApplication {
  #lastId = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #exit: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcess) {
    this.#exit = once(child, 'exit');
    child.on('message', ({ id, ...answer }: Answer & { id: number }) => this.#waiting.get(id)?.(answer));
    child.on('exit', () => {
      for (const answer of this.#waiting.values()) answer({ error: 'the process ended' });
    });
  }

  static async start({ environment, database, ...options }: RemoteApplicationOptions): Promise<RemoteApplication> {
    const script = fileURLToPath(new URL('remote-application.mjs', import.meta.url));
    const remote = new RemoteApplication(fork(script, { env: { ...process.env, ...environment } }));
    const sent = Object.fromEntries(Object.entries(database).filter(([key]) => key !== 'driver' && key !== 'logger'));
    await remote.#ask('start', {
      ...options,
      database: sent,
      phoneVerify: { limits: NO_LIMITS, ...options.phoneVerify },
    });
    return remote;
  }

  async setClock(instant: number): Promise<void> {
    await this.#ask('setClock', instant);
  }

  /** Instants are texts: they come over a channel. */
  send(
    phoneNumber: string,
  ): Promise<Pick<SentVerification, 'sessionToken'> & { readonly expiresAt: string; readonly resendAt: string }> {
    return this.#ask('send', { phoneNumber });
  }

  /** Sends all at once, and answers `sent` or the code of the error for each. */
  sendAll(phoneNumbers: readonly string[]): Promise<string[]> {
    return this.#ask('sendAll', { phoneNumbers });
  }

  verifyAll(phoneNumber: string, codes: readonly string[], sessionToken: string): Promise<VerificationResult[]> {
    return this.#ask('verifyAll', { phoneNumber, codes, sessionToken });
  }

  consumeAll(verificationToken: string, times: number): Promise<(VerifiedPhone | null)[]> {
    return this.#ask('consumeAll', { verificationToken, times });
  }

  /** Makes many requests with one verification token, all at once, to a route that consumes it. */
  requestAll(verificationToken: string, times: number): Promise<{ statuses: number[]; handled: number }> {
    return this.#ask('requestAll', { verificationToken, times });
  }

  purge(options: PurgeOptions): Promise<{ deleted: number }> {
    return this.#ask('purge', options);
  }

  /** Each list of charges at once with the others, on the store of counters in the database. */
  chargeAll(lists: readonly (readonly Charge[])[], now: number): Promise<ChargeOutcome[]> {
    return this.#ask('chargeAll', { lists, now });
  }

  /** Has a check count its attempt and then hang, so that its answer never comes. */
  async hangAfterCounting(phoneNumber: string, code: string, sessionToken: string): Promise<void> {
    await this.#ask('hangAfterCounting', { phoneNumber, code, sessionToken });
  }

  /** Closes the application, and waits for the process to end by itself. Answers its exit code. */
  async close(): Promise<unknown> {
    return this.#end('close');
  }

  /** Closes nothing, and waits for the process to end by itself. Answers its exit code. */
  async abandon(): Promise<unknown> {
    return this.#end('abandon');
  }

  /** As `kill -9`; nothing happens to a process that has ended. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exit;
  }

  async #end(command: 'close' | 'abandon'): Promise<unknown> {
    this.child.send({ id: 0, command });
    const [exitCode] = await this.#exit;
    return exitCode;
  }

  async #ask<T>(command: string, input: unknown): Promise<T> {
    const id = ++this.#lastId;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.send({ id, command, input });
    });
    this.#waiting.delete(id);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result as T;
  }
}
