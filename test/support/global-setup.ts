import { existsSync } from 'node:fs';
import { CHROMIUM } from './chromium.js';
import { missingKinds } from './databases.js';
import { hasRedisServer } from './redis-servers.js';
import { redisUrl } from './redis.js';

/**
 * Fails if `TEST_ALL_DATABASES` or `TEST_CHROMIUM` requires something that is missing.
 *
 * @returns A function that prints, at the end of the run, which tests were left out.
 */
export default function setup(): () => void {
  if (CHROMIUM !== undefined && !existsSync(CHROMIUM)) {
    throw new Error(`TEST_CHROMIUM is ${CHROMIUM}, which does not exist`);
  }
  const leftOut = findLeftOut();
  if (process.env['TEST_ALL_DATABASES'] && missingServers().length > 0) {
    throw new Error(`TEST_ALL_DATABASES is set, but not ${missingServers().map(variableOf).join(' and ')}`);
  }
  if (process.env['TEST_ALL_DATABASES'] && !hasRedisServer) {
    throw new Error('TEST_ALL_DATABASES is set, but redis-server and redis-cli are not installed');
  }
  return () => {
    for (const line of leftOut) console.log(line);
  };
}

function missingServers(): string[] {
  return [...missingKinds(), ...(redisUrl === undefined ? ['redis'] : [])];
}

function findLeftOut(): string[] {
  const servers = missingServers();
  const many = missingKinds().length === 2 ? ', and those of parallel connections, processes and outages' : '';
  return [
    ...(servers.length > 0
      ? [
          `Left out: the tests on ${servers.join(' and ')}${many}. Set ${servers.map(variableOf).join(' and ')} to run them.`,
        ]
      : []),
    ...(redisUrl !== undefined && !hasRedisServer
      ? ['Left out: the tests on a cluster of Redis and on Sentinel. Install redis-server and redis-cli to run them.']
      : []),
    ...(CHROMIUM === undefined
      ? ['Left out: the tests in a browser. Set TEST_CHROMIUM to the path of Chromium to run them.']
      : []),
    ...(process.env['TEST_FIREFOX'] === undefined
      ? ['Left out: the tests in Firefox. Set TEST_FIREFOX to its path to run them.']
      : []),
  ];
}

function variableOf(server: string): string {
  return `TEST_${server.toUpperCase()}_URL`;
}
