// The options of `npm run bench`.
import { parseArgs } from 'node:util';
import { SYSTEMS } from './systems.mjs';

const DATABASES = ['postgres', 'mariadb', 'sqlite'];
const ADAPTERS = ['fastify', 'express'];

const SERVERS = {
  postgres: process.env.TEST_POSTGRES_URL,
  mariadb: process.env.TEST_MARIADB_URL,
  redis: process.env.TEST_REDIS_URL,
};

/** The short form: two minutes at most. */
const QUICK = {
  database: 'postgres',
  adapter: 'fastify',
  connections: '16',
  systems: 'floor,off,defaults',
  repeats: '5',
  seconds: '1.2',
};

const FULL = {
  database: DATABASES.join(),
  adapter: ADAPTERS.join(),
  connections: '16,64',
  systems: Object.keys(SYSTEMS).join(),
  repeats: '5',
  seconds: '2',
};

/** Reads the command line. `leftOut` names what no server is known for. */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'string' },
      profile: { type: 'string' },
      package: { type: 'string' },
      ...Object.fromEntries(Object.keys(FULL).map((name) => [name, { type: 'string' }])),
    },
  });
  const chosen = { ...(values.quick ? QUICK : FULL), ...values };
  const databases = listOf('database', chosen.database, DATABASES);
  const systems = listOf('systems', chosen.systems, Object.keys(SYSTEMS));
  const leftOut = [...databases, ...systems].filter((name) => name in SERVERS && !SERVERS[name]);
  return {
    isQuick: values.quick,
    isWritten: values.write,
    json: values.json,
    profile: values.profile,
    package: values.package,
    databases: databases.filter((name) => !leftOut.includes(name)),
    adapters: listOf('adapter', chosen.adapter, ADAPTERS),
    connections: chosen.connections.split(',').map(positive),
    systems: systems.filter((name) => !leftOut.includes(name)),
    repeats: positive(chosen.repeats),
    seconds: positive(chosen.seconds),
    warmUpSeconds: values.quick ? 8 : 60,
    servers: SERVERS,
    leftOut: leftOut.map((name) => `${name}: set TEST_${name.toUpperCase()}_URL`),
  };
}

function listOf(option, text, known) {
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--${option}: "${unknown}" is none of ${known.join(', ')}`);
  return names;
}

function positive(text) {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`"${text}" is not a positive number`);
  return number;
}
