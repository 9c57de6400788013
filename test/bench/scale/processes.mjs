// One, two and four processes on one database. Every window verifies that each request took effect once.
import { interleave } from '../measure.mjs';
import { ratioTo } from '../goals.mjs';

const PROCESSES = [1, 2, 4];

export async function measureProcesses({ create, repeats, seconds }) {
  const servers = [];
  for (const processes of PROCESSES) {
    const server = create(`${processes} processes`);
    await server.start({}, { processes, isPinned: false });
    servers.push(server);
  }
  const windows = await interleave(servers, { repeats, seconds });
  const [one, ...others] = servers.map(({ name }) => name);
  const ratios = others.flatMap((system) =>
    ['register', 'check'].map((phase) => ({
      system,
      phase,
      perSecond: ratioTo(one, windows, { system, phase, figure: 'perSecond' }),
      databaseCpu: ratioTo(one, windows, { system, phase, figure: 'databaseCpu' }),
    })),
  );
  return { ratios, windows };
}
