// Time to import and to start an application with the library, as a ratio to the same application without it: Nest with
// TypeORM, the adapter and the bodies' validation. SQLite in memory, so that no server is part of it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { summary } from '../statistics.mjs';

const PAIRS = 10;

export async function measureStartup({ folder }) {
  const pairs = Array.from({ length: PAIRS }, () => {
    const without = start(folder, 'without');
    const withLibrary = start(folder, 'with');
    return {
      imported: withLibrary.imported / without.imported,
      listening: withLibrary.listening / without.listening,
      milliseconds: withLibrary.listening - without.listening,
    };
  });
  return Object.fromEntries(
    Object.keys(pairs[0]).map((figure) => [figure, summary(pairs.map((pair) => pair[figure]))]),
  );
}

function start(folder, variant) {
  const script = fileURLToPath(new URL('started-application.mjs', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [script, folder, variant], { encoding: 'utf8' }));
}
