import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CODE_STYLES } from '../../lib/client/element/code-styles.js';
import { STYLES } from '../../lib/client/element/styles.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}lib/client/element/`;
const SOURCES = readdirSync(FOLDER)
  .map((file) => readFileSync(FOLDER + file, 'utf8'))
  .join('\n');

interface Named {
  readonly name: string;
}

type List = 'attributes' | 'events' | 'members' | 'slots' | 'cssParts' | 'cssProperties' | 'cssStates';

interface ElementDescription {
  readonly modules: readonly [{ readonly declarations: readonly [Readonly<Record<List, readonly Named[]>>] }];
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: object;
  readonly peerDependencies?: object;
}

const manifest: Manifest = JSON.parse(readFileSync(`${ROOT}element/package.json`, 'utf8'));
const main: Manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
const described: ElementDescription = JSON.parse(readFileSync(`${ROOT}element/custom-elements.json`, 'utf8'));

function listed(list: List): string[] {
  return described.modules[0].declarations[0][list].map(({ name }) => name).toSorted();
}

function found(text: string, pattern: RegExp): string[] {
  const names = Array.from(text.matchAll(pattern), ([, first = '']) => first.split(' ')).flat();
  return [...new Set(names)].toSorted();
}

describe('the package of the browser code', () => {
  it('has the version of the main package, and no dependencies and peers', () => {
    expect(manifest.version).toBe(main.version);
    expect(Object.keys(manifest)).not.toContain('dependencies');
    expect(Object.keys(manifest)).not.toContain('peerDependencies');
  });
});

describe('custom-elements.json lists', () => {
  it('every attribute', () => {
    expect(listed('attributes')).toEqual(
      found(SOURCES, /(?:reflect|toggleAttribute)\('(?!data-|hidden|aria)([\w-]+)'/g),
    );
  });

  it('every public property and method', () => {
    const own = ['phone-verify.element', 'form-control', 'reflected-attributes'].map((name) =>
      readFileSync(`${FOLDER}${name}.ts`, 'utf8'),
    );
    const members = found(own.join('\n'), /^ {2}(?:get |set |override )?(\w+)\([^)]*\)?: /gm);
    const internal = /Callback$|^(constructor|addEventListener)$/;
    expect(listed('members')).toEqual(members.filter((name) => !internal.test(name)));
  });

  it('every event, by both of its names', () => {
    const long = found(SOURCES, /'(phone-verify-\w+)': CustomEvent/g);
    const short = found(SOURCES, /'phone-verify-\w+': '(\w+)'/g);
    expect(listed('events')).toEqual([...long, ...short].toSorted());
  });

  it('every slot, part, custom property and state', () => {
    expect(listed('slots')).toEqual(found(SOURCES, /name: '(heading|consent|captcha|footer)'/g));
    expect(listed('cssParts')).toEqual(found(SOURCES, /part: '([\w -]+)'/g));
    expect(listed('cssProperties')).toEqual(found(STYLES + CODE_STYLES, /var\((--phone-verify-[\w-]+)/g));
    expect(listed('cssStates')).toEqual(found(SOURCES, /setState\('(\w+)'/g));
  });
});
