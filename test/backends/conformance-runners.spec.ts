import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SUITE = 'test/support/conformance-anywhere.mjs';
const VITEST = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs');

/** Runs Node as a shell would, outside of this runner. */
async function run(parameters: readonly string[], broken: boolean): Promise<{ passes: boolean; output: string }> {
  const { VITEST: _vitest, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: '1', NODE_ENV: 'test', CONFORMANCE_OF_BROKEN_BACKEND: broken ? '1' : '' };
  const child = promisify(execFile)(process.execPath, parameters, { cwd: ROOT, env });
  return child.then(
    ({ stdout }) => ({ passes: true, output: stdout }),
    (error: { stdout: string }) => ({ passes: false, output: error.stdout }),
  );
}

const underNode = ['--test', '--test-reporter=tap', SUITE];
const underVitest = [
  VITEST,
  'run',
  '--globals',
  '--config=test/support/vitest-globals.config.mjs',
  '--reporter=verbose',
];

describe('describeBackend without a runner passed', () => {
  it('runs under node:test', async () => {
    const { passes, output } = await run(underNode, false);

    expect(output).toMatch(/^# tests 22$/m);
    expect(output).toMatch(/^# fail 0$/m);
    expect(output).toContain('shows no credentials # SKIP the factory provides no credentials');
    expect(passes).toBe(true);
  });

  it('fails under node:test for a broken backend', async () => {
    const { passes, output } = await run(underNode, true);

    expect(output).toMatch(/not ok \d+ - sends a message$/m);
    expect(passes).toBe(false);
  });

  it('runs under Vitest with globals', async () => {
    const { passes, output } = await run(underVitest, false);

    expect(output).toMatch(/Tests +10 passed \| 12 skipped \(22\)/);
    expect(passes).toBe(true);
  });

  it('fails under Vitest with globals for a broken backend', async () => {
    const { passes, output } = await run(underVitest, true);

    expect(output).toMatch(/× .*sends a message/);
    expect(passes).toBe(false);
  });
});
