import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Forbidden imports: the importing file and the imported one. */
const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
  ['lib/limits/charge.ts', 'lib/http/controller.ts'],
  ['lib/limits/store.ts', 'lib/verification/service.ts'],
  ['lib/backends/backend.ts', 'lib/limits/charge.ts'],
  ['lib/observability/metrics.ts', 'lib/http/controller.ts'],
  ['lib/observability/event.ts', 'lib/limits/charge.ts'],
  ['lib/phone-number/number.ts', 'lib/message/text.ts'],
  ['lib/database/database.ts', 'lib/verification/service.ts'],
  ['lib/database/options.ts', 'lib/phone-verify.options.ts'],
  ['lib/common/clock.ts', 'lib/database/database.ts'],
  ['lib/http/client.ts', 'lib/client/element.ts'],
  ['lib/client/element.ts', 'lib/common/clock.ts'],
  ['lib/verification/suite.ts', 'lib/testing/suite.ts'],
];

/** Allowed imports. */
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['lib/http/controller.ts', 'lib/verification/service.ts'],
  ['lib/verification/service.ts', 'lib/limits/charge.ts'],
  ['lib/message/text.ts', 'lib/common/clock.ts'],
];

let folder: string;
let violations: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phone-verify-dependencies-'));
  const imports = new Map<string, string[]>();
  for (const [from, to] of [...FORBIDDEN, ...ALLOWED]) {
    imports.set(from, [...(imports.get(from) ?? []), to]);
    if (!imports.has(to)) imports.set(to, []);
  }
  for (const [file, targets] of imports) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), contentOf(file, targets));
  }
  writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"module":"nodenext"}}');
  const options = ['lib', '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  // It exits with the number of violations.
  const { stdout } = await promisify(execFile)(process.execPath, [CRUISER, ...options], {
    cwd: folder,
    maxBuffer: 10_000_000,
  }).catch((error: { stdout: string }) => error);
  const report: { summary: { violations: { from: string; to: string }[] } } = JSON.parse(stdout);
  violations = report.summary.violations.map(({ from, to }) => `${from} -> ${to}`);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files that import types and values, because both count. */
function contentOf(file: string, targets: readonly string[]): string {
  const lines = targets.map((target, index) => {
    const path = `${'../'.repeat(file.split('/').length - 1)}${target.replace(/\.ts$/, '.js')}`;
    return index % 2 === 0
      ? `import type { Name as N${index} } from '${path}';`
      : `import { value as v${index} } from '${path}';`;
  });
  return `${lines.join('\n')}\nexport interface Name {}\nexport const value = 1;\n`;
}

describe('the check of dependencies between folders', () => {
  it.each(FORBIDDEN)('reports that %s imports %s', (from, to) => {
    expect(violations).toContain(`${from} -> ${to}`);
  });

  it('reports nothing that is allowed', () => {
    expect(new Set(violations)).toEqual(new Set(FORBIDDEN.map(([from, to]) => `${from} -> ${to}`)));
  });
});
