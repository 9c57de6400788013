import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build, type OutputChunk, type Plugin } from 'rolldown';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';

const ELEMENT = fileURLToPath(new URL('../../../dist/client/', import.meta.url));
const PAGES = fileURLToPath(new URL('../frameworks/', import.meta.url));

/** The pages, and the module that each begins with. */
const ENTRIES = {
  'React, as a component': "import './react-component.tsx';",
  'React, as an element': "import './react-element.tsx';",
  Vue: "import { createApp } from 'vue'; import SignUp from './sign-up.vue'; createApp(SignUp).mount('main');",
  Svelte:
    "import { mount } from 'svelte'; import SignUp from './sign-up.svelte'; mount(SignUp, { target: document.querySelector('main') });",
} as const;

export type Framework = keyof typeof ENTRIES;

export const FRAMEWORKS: readonly Framework[] = ['React, as a component', 'React, as an element', 'Vue', 'Svelte'];

/** A folder where another version of React is installed. */
const OTHER_REACT = process.env['TEST_REACT'];

function otherReact(folder: string): Record<string, string> {
  return { react: `${folder}/node_modules/react`, 'react-dom': `${folder}/node_modules/react-dom` };
}

/** Compiles the components of Vue and Svelte, and finds the built package. */
const compilers: Plugin = {
  name: 'compilers',
  resolveId: (id) => {
    const [, entry] = /^nestjs-phone-verify-element\/(\w+)$/.exec(id) ?? [];
    return entry === undefined ? undefined : `${ELEMENT}${entry}.js`;
  },
  load: (id) => {
    if (id.endsWith('.svelte')) return compile(readFileSync(id, 'utf8'), { generate: 'client' }).js.code;
    if (!id.endsWith('.vue')) return undefined;
    const { descriptor } = parse(readFileSync(id, 'utf8'));
    const compilerOptions = { isCustomElement: (tag: string) => tag === 'phone-verify' };
    return compileScript(descriptor, { id, inlineTemplate: true, templateOptions: { compilerOptions } }).content;
  },
};

async function bundle(framework: Framework): Promise<readonly OutputChunk[]> {
  const entry = `${PAGES}entry.js`;
  const { output } = await build({
    input: entry,
    platform: 'browser',
    write: false,
    // The manifest of this repository says that its files have no side effects.
    treeshake: false,
    checks: { moduleLevelDirective: false },
    resolve: OTHER_REACT === undefined ? {} : { alias: otherReact(OTHER_REACT) },
    transform: {
      define: {
        'process.env.NODE_ENV': '"production"',
        __VUE_OPTIONS_API__: 'false',
        __VUE_PROD_DEVTOOLS__: 'false',
        __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      },
      jsx: 'react-jsx',
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? ENTRIES[framework] : undefined),
      },
      compilers,
    ],
    output: { format: 'esm' },
  });
  return output.filter((file) => file.type === 'chunk');
}

/** Opens a page of an origin whose `<main>` a framework fills. */
export async function openFrameworkPage(page: Page, origin: string, framework: Framework): Promise<void> {
  for (const { fileName, code } of await bundle(framework)) {
    await page.route(`${origin}/page/${fileName}`, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: code }),
    );
  }
  await page.route(`${origin}/page/`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><main></main><script type="module" src="entry.js"></script>',
    }),
  );
  await page.goto(`${origin}/page/`);
}
