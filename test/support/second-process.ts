import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DataSourceOptions } from 'typeorm';
import type { PhoneVerifyModuleOptions, VerificationResult, VerifiedPhone } from '../../lib/index.js';

export interface SecondProcessOptions {
  readonly database: DataSourceOptions;
  readonly phoneVerify?: Partial<PhoneVerifyModuleOptions>;
  /** Run by each connection to MariaDB before anything else. */
  readonly sessionStatement?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built library in a process of its own, on the same database. */
export class SecondProcess {
  #lastId = 0;
  readonly #waiting = new Map<number, (answer: { result?: unknown; error?: string }) => void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, ...answer }: { id: number; result?: unknown; error?: string }) =>
      this.#waiting.get(id)?.(answer),
    );
  }

  static async start({ environment, ...input }: SecondProcessOptions): Promise<SecondProcess> {
    const script = fileURLToPath(new URL('second-process.mjs', import.meta.url));
    const second = new SecondProcess(fork(script, { env: { ...process.env, ...environment } }));
    await second.#ask('start', input);
    return second;
  }

  verifyAll(phoneNumber: string, codes: readonly string[], sessionToken: string): Promise<VerificationResult[]> {
    return this.#ask('verifyAll', { phoneNumber, codes, sessionToken });
  }

  /** Answers the session's token. */
  async send(phoneNumber: string): Promise<string> {
    const { sessionToken } = await this.#ask<{ sessionToken: string }>('send', { phoneNumber });
    return sessionToken;
  }

  consumeAll(verificationToken: string, times: number): Promise<(VerifiedPhone | null)[]> {
    return this.#ask('consumeAll', { verificationToken, times });
  }

  purge(options: { olderThanDays: number }): Promise<{ deleted: number }> {
    return this.#ask('purge', options);
  }

  /** Closes the application; the process ends by itself. */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.send({ id: 0, command: 'stop' });
    await ended;
  }

  async #ask<T>(command: string, input: object): Promise<T> {
    const id = ++this.#lastId;
    const answer = await new Promise<{ result?: unknown; error?: string }>((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.send({ id, command, input });
    });
    this.#waiting.delete(id);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result as T;
  }
}
