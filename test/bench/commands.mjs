// Calls between the processes of the benchmark, over IPC.
import { fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const TASKSET = '/usr/bin/taskset';

/** Whether each process can have a core of its own. */
export const isPinned = availableParallelism() > 1 && existsSync(TASKSET);

/** In a child: runs the commands of the parent, and ends with it. */
export function handleCommands(commands) {
  process.on('message', async ({ id, command, input }) => {
    try {
      process.send({ id, result: await commands[command](input) });
    } catch (error) {
      process.send({ id, error: error.stack ?? String(error) });
    }
    if (command === 'stop') process.disconnect();
  });
  process.on('disconnect', () => process.exit());
}

/** In the parent: a child process on one core. */
export class Process {
  #child;
  #waiting = new Map();
  #nextId = 0;

  /** @param core - The core it runs on; `undefined` for any. */
  constructor(file, core, nodeOptions = []) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const env = { ...process.env, NODE_ENV: 'production' };
    this.#child =
      isPinned && core !== undefined
        ? spawn(TASKSET, ['-c', String(core), process.execPath, ...nodeOptions, path], {
            env,
            stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
          })
        : fork(path, { env, execArgv: nodeOptions });
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(`${file}: ${error}`));
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended with ${code ?? signal}`));
    });
  }

  call(command, input = {}) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, command, input }, (error) => {
        if (error) reject(error);
      });
    });
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await Promise.race([this.call('stop').catch(() => this.#child.kill()), ended]);
    await ended;
  }
}
