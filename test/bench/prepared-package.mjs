// A folder with the package under test and the two applications, where both find the peers of this repository: so
// the floor and the library run on the same Nest, adapter, TypeORM and driver.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import typescript from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAME = 'nestjs-phone-verify';
const SOURCES = ['floor', 'floor-statements', 'application'];

/**
 * Prepares the folder.
 *
 * @param source - A packed package (`.tgz`), the folder of one, or a folder where it is installed. Default: the build of
 * the working tree.
 */
export function preparePackage(source = ROOT) {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bench-'));
  const target = join(folder, 'node_modules', NAME);
  mkdirSync(target, { recursive: true });
  copyPackage(resolve(source), target);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of SOURCES) writeFileSync(join(folder, `${name}.js`), compile(`${name}.ts`));
  return { url: pathToFileURL(`${folder}/`).href, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function copyPackage(source, target) {
  if (statSync(source).isFile()) {
    execFileSync('tar', ['-xzf', source, '--strip-components=1', '-C', target]);
    return;
  }
  const installed = join(source, 'node_modules', NAME);
  const folder = existsSync(installed) ? installed : source;
  for (const part of ['dist', 'package.json']) cpSync(join(folder, part), join(target, part), { recursive: true });
}

function compile(file) {
  return typescript.transpileModule(readFileSync(new URL(file, import.meta.url), 'utf8'), {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }).outputText;
}
