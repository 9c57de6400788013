// A process that charges counters in Redis with the built library, on request over IPC.
import { Redis } from 'ioredis';
import { StorageTimeout } from '../../dist/common/time.js';
import { RedisLimitStore } from '../../dist/limits/redis-limit.store.js';

const [, , url, keyPrefix] = process.argv;
const store = new RedisLimitStore(new Redis(url, { keyPrefix }), 20_000);

process.on('message', async ({ charges, now }) => {
  const outcomes = await Promise.all(charges.map((charge) => store.charge(charge, now, new StorageTimeout(20_000))));
  process.send(outcomes);
});
// Ends with the test process that started it.
process.on('disconnect', () => process.exit());
