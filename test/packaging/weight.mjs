// Measures what the package adds to an application that has its peers: megabytes on disk, and import time as a share of
// that of the peers, because milliseconds depend on the machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [tarball] = process.argv.slice(2);

const MEGABYTES = 25;
/** Maximum share of the import time of the peers. More than half of it is the metadata of phone numbers. */
const SHARE = 0.3;
const PAIRS = 10;
/** Three series of measurements, because other load on the machine may distort one. */
const TRIES = 3;

const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
const peers = Object.keys(manifest.peerDependencies).filter((peer) => !(peer in manifest.peerDependenciesMeta));

function install(folder, ...packages) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...packages, ...quiet], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, path, name }) => sum + statSync(join(parentPath ?? path, name)).size, 0);
}

function milliseconds(folder, script) {
  const start = process.hrtime.bigint();
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function medianOf(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
}

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-weight-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  install(folder, ...peers.map((peer) => `${peer}@${manifest.devDependencies[peer]}`));
  const before = bytesIn(join(folder, 'node_modules'));
  install(folder, resolve(tarball));
  const megabytes = (bytesIn(join(folder, 'node_modules')) - before) / 1e6;

  const importPeers = peers.map((peer) => `import '${peer}';`).join('');
  let share = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && share > SHARE; attempt++) {
    const shares = Array.from({ length: PAIRS }, () => {
      const without = milliseconds(folder, importPeers);
      return milliseconds(folder, `${importPeers}import 'nestjs-phone-verify';`) / without - 1;
    });
    share = medianOf(shares);
  }
  console.log(
    `adds ${megabytes.toFixed(1)} MB (limit ${MEGABYTES}), and ${share.toFixed(2)} of the peers' import time (limit ${SHARE})`,
  );
  process.exitCode = megabytes < MEGABYTES && share < SHARE ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
