import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The pages of the documentation, by their path in the repository. */
export const DOCS: readonly string[] = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `docs/${path.replaceAll('\\', '/')}`)
  .toSorted();

/** The pages whose code is compiled. */
export const PAGES: readonly string[] = ['README.md', ...DOCS];

/** A block of code. */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** What follows the language, such as the recipe that a block is. */
  readonly label: string;
  readonly text: string;
  /** The file that a block stands for, named by its first line; `''` where it has no such line. */
  readonly file: string;
}

/** The text of a page. */
export function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The blocks of code on a page. */
export function blocksOf(page: string): Block[] {
  return Array.from(
    read(page).matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm),
    ([, language = '', label = '', text = '']) => ({
      page,
      language,
      label: label.trim(),
      text,
      file: /^\/\/ (\S+\.tsx?)\n/.exec(text)?.[1] ?? '',
    }),
  );
}

/** The rows of a page's one table whose heading row begins with a cell, as their cells. */
export function table(page: string, firstCell: string): string[][] {
  const [start, another] = Array.from(read(page).matchAll(new RegExp(`^\\| ${firstCell} +\\|`, 'gm')));
  if (start === undefined || another !== undefined) throw new Error(`${page}: not one table begins with ${firstCell}`);
  const rows = read(page).slice(start.index).split('\n\n')[0] ?? '';
  return rows
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
