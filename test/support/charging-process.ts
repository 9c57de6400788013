import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Charge, ChargeOutcome } from '../../lib/limits/limit.store.js';
import type { FreshRedis } from './redis.js';

/** Another process that charges the same counters in Redis. */
export class ChargingProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the process is connected. */
  static async start({ url, keyPrefix }: FreshRedis['connection']): Promise<ChargingProcess> {
    const script = fileURLToPath(new URL('charging-process.mjs', import.meta.url));
    const started = new ChargingProcess(fork(script, [url, keyPrefix]));
    await started.chargeAll([[]], 0);
    return started;
  }

  /** Runs all charges in parallel. */
  async chargeAll(charges: readonly (readonly Charge[])[], now: number): Promise<readonly ChargeOutcome[]> {
    this.child.send({ charges, now });
    const [outcomes] = await once(this.child, 'message');
    return outcomes;
  }

  async kill(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
