// Register and check on tables with more and more rows, compared with an empty one.
import { interleave } from '../measure.mjs';
import { ratioTo } from '../goals.mjs';
import { fillTable } from './fill-table.mjs';

const MAX_SLOWER = 0.1;

/** Rows younger than the retention, a tenth of them of a thousand numbers. */
export async function measureRows({ create, databaseServer, rows, repeats, seconds }) {
  const servers = [];
  for (const count of rows) {
    const server = create(`${count} rows`);
    await server.start({});
    await fillTable(databaseServer, server.database, { count, maxAgeDays: 20 });
    servers.push(server);
  }
  const windows = await interleave(servers, { repeats, seconds });
  const [empty, ...filled] = servers.map(({ name }) => name);
  const ratios = filled.flatMap((system) =>
    ['register', 'check'].map((phase) => {
      const ratio = ratioTo(empty, windows, { system, phase, figure: 'perSecond' });
      return { system, phase, ratio, isMet: ratio.median >= 1 - MAX_SLOWER };
    }),
  );
  return { ratios, windows };
}
