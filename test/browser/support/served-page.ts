import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ApplicationOptions, startApplication, type TestApplication } from '../../support/application.js';

/** The built browser code of the package. */
const CLIENT = fileURLToPath(new URL('../../../dist/client/', import.meta.url));

/** A strict policy: nothing inline, nothing from other origins. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

const STYLES = `
  :root { color-scheme: light dark; }
  body { margin: 0; padding: 1rem; font-family: system-ui; min-height: 100vh; box-sizing: border-box; display: grid; align-content: start;
    color: light-dark(#5a6272, #a5aebd); background: light-dark(#f4f5f8, #0e1015); }
  main { display: grid; }
  h1 { font-size: 1rem; text-align: center; margin: 0 0 1rem; }
  phone-verify { justify-self: center; inline-size: 100%; }
`;

/** Records the events of the element. */
const SCRIPT = `
  import { definePhoneVerify, PhoneVerifyClient } from '/client/index.js';
  globalThis.PhoneVerifyClient = PhoneVerifyClient;
  globalThis.events = [];
  for (const type of ['sent', 'verified', 'error']) {
    document.addEventListener('phone-verify-' + type, (event) => {
      const { code, retryAfter, ...detail } = event.detail;
      events.push({ type, ...(type === 'error' ? { code, retryAfter } : detail) });
    });
  }
  definePhoneVerify();
`;

interface Asset {
  readonly type: string;
  readonly text: string;
}

function page(attributes: string, language: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Sign up</title>
    <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script></head>
    <body><main><h1>Sign up</h1><phone-verify ${attributes}></phone-verify></main></body></html>`;
}

function assetOf(url: URL): Asset | undefined {
  const [, file] = /^\/client\/([\w/-]+\.js)$/.exec(url.pathname) ?? [];
  if (file !== undefined) return { type: 'text/javascript', text: readFileSync(CLIENT + file, 'utf8') };
  if (url.pathname === '/page.js') return { type: 'text/javascript', text: SCRIPT };
  if (url.pathname === '/page.css') return { type: 'text/css', text: STYLES };
  if (url.pathname !== '/') return undefined;
  const { searchParams } = url;
  return { type: 'text/html', text: page(searchParams.get('attributes') ?? '', searchParams.get('language') ?? 'en') };
}

/** Serves the page and its files, and passes other requests to the application. */
function servePage(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const asset = assetOf(new URL(request.url ?? '/', 'http://localhost'));
  if (asset === undefined) {
    next();
    return;
  }
  response.writeHead(200, {
    'content-type': `${asset.type}; charset=utf-8`,
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
  });
  response.end(asset.text);
}

/** An application with the routes and a page with the element. */
export interface ServedPage extends TestApplication {
  /** URL of a page whose element has these attributes, such as `'default-country="DE"'`. */
  url(attributes?: string, language?: string): string;
}

/** Starts an application with the library that also serves the built client. */
export async function startServedPage(options: ApplicationOptions = {}): Promise<ServedPage> {
  const application = await startApplication({ ...options, configure: (app) => app.use(servePage) });
  const origin = await application.app.getUrl();
  return {
    ...application,
    url: (attributes = '', language = 'en') => `${origin}/?${new URLSearchParams({ attributes, language })}`,
  };
}
