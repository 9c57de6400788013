import type { Tree } from '@angular-devkit/schematics';

/** What the quick start needs beside this package, for each major version of Nest. */
const PACKAGES: Readonly<Record<11 | 12, Readonly<Record<string, string>>>> = {
  11: {
    '@nestjs/typeorm': '^11.0.0',
    'class-transformer': '^0.5.1',
    'class-validator': '^0.14.0',
    libsql: '^0.5.29',
    typeorm: '^0.3.20',
  },
  12: {
    '@nestjs/typeorm': '^12.0.0',
    'class-transformer': '^0.5.1',
    'class-validator': '^0.15.0',
    libsql: '^0.5.29',
    typeorm: '^1.0.0',
  },
};

const PATH = 'package.json';

/** What a `package.json` says about an application. */
export interface ApplicationManifest {
  /** Whether its files are ES modules. */
  readonly isEsm: boolean;
  /** Whether it has TypeORM already. */
  readonly hasTypeOrm: boolean;
  /** The dependencies that the quick start needs and the application does not have. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Reads the `package.json` of an application. */
export function readManifest(tree: Tree): ApplicationManifest {
  const { type, ...manifest } = readObject(tree);
  const own = { ...objectOf(manifest['devDependencies']), ...objectOf(manifest['dependencies']) };
  const [major] = /\d+/.exec(String(own['@nestjs/core'])) ?? [];
  const missing = Object.entries(PACKAGES[major === '11' ? 11 : 12]).filter(([name]) => !(name in own));
  return { isEsm: type === 'module', hasTypeOrm: '@nestjs/typeorm' in own, missing: Object.fromEntries(missing) };
}

/** Adds dependencies to the `package.json` of an application, in alphabetical order. */
export function addDependencies(tree: Tree, added: ApplicationManifest['missing']): void {
  const manifest = readObject(tree);
  const all = Object.entries({ ...objectOf(manifest['dependencies']), ...added });
  const dependencies = Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  tree.overwrite(PATH, `${JSON.stringify({ ...manifest, dependencies }, undefined, 2)}\n`);
}

function readObject(tree: Tree): Readonly<Record<string, unknown>> {
  return objectOf(tree.readJson(PATH));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
