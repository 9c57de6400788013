// The load generator, in a process of its own, controlled over IPC. It reads every response: one that is not the
// expected success fails the benchmark.
import { performance } from 'node:perf_hooks';
import { handleCommands } from './commands.mjs';
import { HttpConnection } from './http-connection.mjs';
import { addressOf, numberOf } from './population.mjs';

const TOKEN = /^[\w-]{43}$/;

/** By server: the next index of the population, and the sessions that are open and not checked. */
const servers = new Map();

function stateOf(server) {
  const state = servers.get(server) ?? { next: 0, sessions: [] };
  servers.set(server, state);
  return state;
}

handleCommands({
  /** Opens sessions, each for a new number from a new address, for a time or up to a count. */
  async register({ server, population, count = Number.POSITIVE_INFINITY, ...input }) {
    const state = stateOf(server);
    let left = count;
    return run(input, async (connection) => {
      if (left-- <= 0) return false;
      const index = state.next++;
      const number = numberOf(population, index);
      const client = addressOf(index);
      const { status, body } = await connection.post('/phone/register', client, `{"phone_number":"${number}"}`);
      const { session_token, code_length, expires_in } = readJson(body);
      if (status !== 200 || !TOKEN.test(session_token) || code_length !== 6 || !(expires_in > 0)) {
        throw new Error(`register ${number} from ${client}: ${status} ${body}`);
      }
      state.sessions.push({ number, client, token: session_token });
      return true;
    });
  },

  /** The number of open sessions. */
  countSessions: async ({ server }) => stateOf(server).sessions.length,

  /** Checks the correct code of open sessions, each once, for a time or as long as there are any. */
  async check({ server, codes, ...input }) {
    const state = stateOf(server);
    const codeOf = new Map(codes);
    const outcome = await run(input, async (connection) => {
      const session = state.sessions.pop();
      if (session === undefined) return false;
      const { number, client, token } = session;
      const json = `{"phone_number":"${number}","session_token":"${token}","security_code":"${codeOf.get(number)}"}`;
      const { status, body } = await connection.post('/phone/verify', client, json);
      const { phone_number, verification_token } = readJson(body);
      if (status !== 200 || phone_number !== number || !TOKEN.test(verification_token)) {
        throw new Error(`check of ${number}: ${status} ${body}`);
      }
      return true;
    });
    state.sessions = [];
    return outcome;
  },

  async stop() {},
});

function readJson(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** Sends on all connections, one request after another on each, until the time is up or none is left. */
async function run({ ports, connections, seconds = Number.POSITIVE_INFINITY }, send) {
  const open = await Promise.all(
    Array.from({ length: connections }, (_, index) => HttpConnection.open(ports[index % ports.length])),
  );
  const latencies = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  async function sendAll(connection) {
    for (let begun = start; begun < end;) {
      begun = performance.now();
      if (!(await send(connection))) return;
      latencies.push(performance.now() - begun);
    }
  }
  try {
    await Promise.all(open.map(sendAll));
  } finally {
    for (const connection of open) connection.close();
  }
  const elapsed = (performance.now() - start) / 1000;
  const sorted = latencies.toSorted((one, other) => one - other);
  return {
    requests: sorted.length,
    perSecond: sorted.length / elapsed,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  };
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
