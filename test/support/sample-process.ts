import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the repository, so that the sample finds the package. Ignored by Git. */
const WORK_FOLDER = join(ROOT, '.test-results');
const TYPESCRIPT = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** The sample application, compiled to a separate folder without the developer's database and `.env`. */
export class CompiledSample {
  readonly #folder: string;

  constructor() {
    mkdirSync(WORK_FOLDER, { recursive: true });
    this.#folder = mkdtempSync(join(WORK_FOLDER, 'sample-'));
    for (const name of ['pages', 'public', 'flow.sh']) {
      cpSync(join(ROOT, 'sample-app', name), join(this.#folder, name), { recursive: true });
    }
    const options = ['-p', join(ROOT, 'sample-app'), '--outDir', join(this.#folder, 'dist')];
    execFileSync(process.execPath, [TYPESCRIPT, ...options], { cwd: ROOT });
  }

  /** Starts it in another process, on any free port and an empty database. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<SampleProcess> {
    rmSync(join(this.#folder, 'data.sqlite'), { force: true });
    const variables = { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', ...environment };
    const child = spawn(process.execPath, [join(this.#folder, 'dist/main.js')], {
      env: variables,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      output += chunk;
      const [, port] = /^ADDRESS=http:\/\/127\.0\.0\.1:(\d+)$/m.exec(output) ?? [];
      if (port !== undefined) return new SampleProcess(child, Number(port));
    }
    throw new Error(`The sample did not start: ${output}`);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The sample in another process. */
export class SampleProcess {
  readonly #exit: Promise<unknown>;

  constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    this.#exit = once(child, 'exit');
  }

  /** Sends SIGTERM, as an orchestrator does. */
  terminate(): void {
    this.child.kill('SIGTERM');
  }

  /** Waits until it has ended. Returns the time in milliseconds. */
  async untilExit(): Promise<number> {
    const start = performance.now();
    await this.#exit;
    return performance.now() - start;
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exit;
  }
}
