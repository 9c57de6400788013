import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageTimeout } from '../../lib/common/time.js';
import { RedisConversionStore } from '../../lib/limits/redis-conversion.store.js';
import { RedisLimitStore } from '../../lib/limits/redis-limit.store.js';
import { chargeOf, HOUR } from '../support/limit-stores.js';
import { hasRedisServer, redisServers } from '../support/redis-servers.js';

const NOW = 1_764_000_000_123;
const KEYS = ['perNumber:3600:+14155552671', 'perIp:60:203.0.113.7'];
const WINDOW = { now: NOW, windowMs: HOUR };
const COUNT = { subject: 'US', sent: 1, verified: 0, addresses: 1 };

/** A command as the server ran it: of a client, or of a script. */
interface Command {
  readonly texts: readonly string[];
  readonly isOfScript: boolean;
}

// Dragonfly refuses a script that touches a key that it did not declare; Redis only says that it may.
describe.runIf(hasRedisServer)('the scripts on Redis', () => {
  let client: Redis;
  let monitor: Redis;
  const commands: Command[] = [];

  beforeAll(async () => {
    const { server } = await redisServers();
    client = new Redis(server);
    await client.flushall();
    monitor = await client.monitor();
    monitor.on('monitor', (_time: string, texts: string[], source: string) => {
      commands.push({ texts, isOfScript: source === 'lua' });
    });
  });

  afterAll(async () => {
    monitor.disconnect();
    await client.quit();
  });

  const timeout = (): StorageTimeout => new StorageTimeout(20_000);
  const limits = (): RedisLimitStore => new RedisLimitStore(client, 20_000);
  const conversion = (): RedisConversionStore => new RedisConversionStore(client);
  const charge = (): Promise<unknown> =>
    limits().charge(
      KEYS.map((key) => chargeOf(key)),
      NOW,
      timeout(),
    );

  const operations: Record<string, () => Promise<unknown>> = {
    charge,
    'charge after a clock that went back': () => limits().charge([chargeOf('back')], NOW - 2 * HOUR, timeout()),
    refund: () =>
      limits().refund(
        KEYS.map((key) => ({ key, windowEndsAt: NOW + HOUR })),
        timeout(),
      ),
    read: () => limits().read(KEYS, NOW, timeout()),
    clear: () => limits().clear(KEYS, timeout()),
    readTime: () => limits().readTime(timeout()),
    add: () => conversion().add([COUNT, { ...COUNT, subject: 'GB' }], WINDOW, timeout()),
    block: () => conversion().block(['US', 'GB'], NOW + HOUR, WINDOW, timeout()),
    readBlocks: () => conversion().readBlocks(NOW, timeout()),
  };

  it.each(Object.entries(operations))('%s declares every key that its script touches', async (_name, operation) => {
    await charge();
    await limits().charge([chargeOf('back')], NOW, timeout());
    await commandsUntilNow();

    await operation();
    const ran = await commandsUntilNow();

    const declared = new Set(ran.filter(({ isOfScript }) => !isOfScript).flatMap(({ texts }) => declaredKeys(texts)));
    const touched = ran.filter(({ isOfScript }) => isOfScript).flatMap(({ texts }) => touchedKeys(texts));
    expect(ran.some(({ isOfScript }) => isOfScript)).toBe(true);
    expect(touched.filter((key) => !declared.has(key))).toEqual([]);
  });

  /** The commands since the last call. The server shows them in the order in which it ran them. */
  async function commandsUntilNow(): Promise<Command[]> {
    const mark = `mark-${Math.random()}`;
    const isShown = new Promise<void>((resolve) => {
      const listen = (_time: string, texts: string[]): void => {
        if (texts[1] !== mark) return;
        monitor.off('monitor', listen);
        resolve();
      };
      monitor.on('monitor', listen);
    });
    await client.echo(mark);
    await isShown;
    return commands.splice(0).filter(({ texts }) => texts[1] !== mark);
  }
});

/** `EVALSHA sha1 numberOfKeys key …` */
function declaredKeys([, , numberOfKeys, ...rest]: readonly string[]): readonly string[] {
  return rest.slice(0, Number(numberOfKeys));
}

/** Most commands have one key, which comes first. */
function touchedKeys([command, ...rest]: readonly string[]): readonly string[] {
  return command?.toUpperCase() === 'MGET' ? rest : rest.slice(0, 1);
}
