// Measures how long the first element of a page takes to appear on a processor that is four times as slow: from
// `createElement` to its layout. Needs `npm run build` and TEST_CHROMIUM. What else the machine does can only add time, so
// the best of several pages counts.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const MILLISECONDS = 50;
const SLOWDOWN = 4;
const PAGES = 40;

/** Its text is laid out before, as that of every page is. */
const PAGE = `<!doctype html><html lang="en"><head><title>Sign up</title><link rel="icon" href="data:,"></head>
  <body style="font-family: system-ui"><h1>Sign up</h1><p>Only your number is missing. <button>Back</button></p><main></main></body></html>`;

const core = readFileSync(fileURLToPath(new URL('../../dist/client/index.js', import.meta.url)));
const server = createServer(({ url }, response) => {
  const [type, body] = url === '/index.js' ? ['text/javascript', core] : ['text/html', PAGE];
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
});
await new Promise((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
const browser = await chromium.launch({ executablePath: process.env.TEST_CHROMIUM, args: ['--no-sandbox'] });

/** A context of its own shares nothing with the pages before. */
async function measurePage() {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate("import('/index.js').then(({ definePhoneVerify }) => definePhoneVerify())");
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  const time = await page.evaluate(() => {
    document.body.getBoundingClientRect();
    const start = performance.now();
    document.querySelector('main').append(document.createElement('phone-verify'));
    document.body.getBoundingClientRect();
    return performance.now() - start;
  });
  await context.close();
  return time;
}

const times = [];
try {
  while (times.length < PAGES) times.push(await measurePage());
} finally {
  await browser.close();
  server.close();
}
const sorted = times.toSorted((one, other) => one - other);
const [best, median] = [sorted[0], sorted[PAGES / 2]];
console.log(
  `first element of a page, processor ${SLOWDOWN} times as slow: best ${best.toFixed(1)} ms, median ${median.toFixed(1)} ms`,
);
process.exitCode = best < MILLISECONDS ? 0 : 1;
