import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { blocksOf, PAGES, ROOT } from './pages.js';

/** The examples of all pages as files, a folder for each page. */
export type ExampleFiles = ReturnType<typeof writeExamples>;

const README_BLOCKS = blocksOf('README.md');

const COMPILER_OPTIONS = {
  noEmit: true,
  declaration: false,
  jsx: 'react-jsx',
  rootDir: '../..',
  lib: ['es2023', 'dom', 'dom.iterable'],
  paths: {
    'nestjs-phone-verify': ['../../dist/index.d.ts'],
    'nestjs-phone-verify-element/*': ['../../dist/client/*.d.ts'],
    'nestjs-phone-verify/*': ['../../dist/*/index.d.ts', '../../dist/backends/*/index.d.ts'],
  },
};

/**
 * Writes the examples, so that they are compiled and run as the files that they stand for. A page can import the files of
 * the README, unless it has its own of the same name.
 *
 * @param name - Of the folder: each test file has its own, since test files run in parallel.
 */
export function writeExamples(name: string) {
  const folder = join(ROOT, '.test-results', name);
  rmSync(folder, { recursive: true, force: true });
  for (const page of PAGES) {
    const own = blocksOf(page).filter(({ language }) => /^tsx?$/.test(language));
    if (own.length === 0) continue;
    const shared = README_BLOCKS.filter(
      ({ language, file }) => language === 'ts' && !own.some((one) => one.file === file),
    );
    mkdirSync(folderOf(folder, page), { recursive: true });
    for (const { file, text } of [...shared, ...own]) writeFileSync(join(folderOf(folder, page), file), text);
  }
  const tsconfig = { extends: '../../tsconfig.json', compilerOptions: COMPILER_OPTIONS, include: ['.'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  return {
    folder,
    /** Imports a file of a page's examples. */
    load: (page: string, file: string) => import(join(folderOf(folder, page), file)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function folderOf(folder: string, page: string): string {
  return join(folder, basename(page, '.md'));
}
