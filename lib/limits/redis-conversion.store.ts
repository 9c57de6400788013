import type { StorageTimeout } from '../common/time.js';
import { HALF } from './address-bitmap.js';
import {
  type ConversionBlock,
  type ConversionCount,
  conversionKey,
  type ConversionStore,
  type ConversionWindow,
} from './conversion.store.js';
import type { RedisClient } from './redis-client.js';
import { ADD, BLOCK, READ_BLOCKS } from './redis-conversion.scripts.js';
import { readIntegers, RedisScripts } from './redis-scripts.js';

/** The key of all blocks. */
const BLOCKS_KEY = 'conversion-blocks';

/** Keeps the counts and blocks in Redis. Each method is one script. */
export class RedisConversionStore implements ConversionStore {
  readonly #scripts: RedisScripts;

  constructor(client: RedisClient) {
    this.#scripts = new RedisScripts(client);
  }

  async add(
    counts: readonly ConversionCount[],
    { now, windowMs }: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<readonly ConversionCount[]> {
    const keys = counts.map(({ subject }) => conversionKey(subject, windowMs));
    const values = counts.flatMap(({ sent, verified, addresses }) => [
      sent,
      verified,
      Math.floor(addresses / HALF),
      addresses % HALF,
    ]);
    const parse = (reply: readonly string[]): readonly ConversionCount[] => readCounts(readIntegers(reply), counts);
    return this.#scripts.run({ script: ADD, keys, values: [now, windowMs, ...values], parse }, timeout);
  }

  async block(
    subjects: readonly string[],
    endsAt: number,
    { now, windowMs }: ConversionWindow,
    timeout: StorageTimeout,
  ): Promise<void> {
    const keys = [BLOCKS_KEY, ...subjects.map((subject) => conversionKey(subject, windowMs))];
    await this.#scripts.run({ script: BLOCK, keys, values: [now, endsAt, ...subjects], parse: readIntegers }, timeout);
  }

  async readBlocks(now: number, timeout: StorageTimeout): Promise<readonly ConversionBlock[]> {
    const run = { script: READ_BLOCKS, keys: [BLOCKS_KEY], values: [now], parse: readBlocks };
    return this.#scripts.run(run, timeout);
  }
}

/** Four integers are what one subject has counted. */
function readCounts(integers: readonly number[], counts: readonly ConversionCount[]): readonly ConversionCount[] {
  return counts.map(({ subject }, index) => {
    const [sent = 0, verified = 0, high = 0, low = 0] = integers.slice(4 * index, 4 * index + 4);
    return { subject, sent, verified, addresses: high * HALF + low };
  });
}

function readBlocks(reply: readonly string[]): readonly ConversionBlock[] {
  const blocks: ConversionBlock[] = [];
  for (let start = 0; start < reply.length; start += 2) {
    const [subject = '', end = ''] = reply.slice(start, start + 2);
    blocks.push({ subject, endsAt: Number(end) });
  }
  return blocks;
}
