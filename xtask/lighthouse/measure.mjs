// Lighthouse over a folder, as a static host with brotli would serve it. `cargo xtask lighthouse` runs it.
//
//   node measure.mjs DIST MODULES CHROMIUM REPORTS BUDGET.toml
//
// Prints a line a profile, and what keeps a category from its aim; ends with 1 if a category or a budget is missed.

import { createServer } from 'node:http';
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const [dist, modules, chromium, reports, budgets] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(modules, name)).href);
const { default: lighthouse, desktopConfig } = await load('lighthouse/core/index.js');
const { launch } = await load('chrome-launcher/dist/index.js');

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json',
};
const packed = new Map();
const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://host').pathname));
  const file = join(dist, path.endsWith('/') ? path + 'index.html' : path);
  try {
    if (!packed.has(file)) {
      const bytes = await readFile(file);
      packed.set(file, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-encoding': 'br',
      // As docs/deploying.md advises.
      'cache-control': /-[0-9a-f]{15,}[._]/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(packed.get(file));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const address = `http://127.0.0.1:${server.address().port}/`;
// What is compressed when it is first asked for would be slow then.
for (const file of ['', ...(await readFile(join(dist, 'index.html'), 'utf8')).matchAll(/(?:href|src|data-\w+)="?(?:\.\/)?([\w.-]+\.(?:js|css|wasm))/g)].map((it) => it[1] ?? '')) {
  await fetch(address + file).then((answer) => answer.arrayBuffer());
}

const budget = Object.fromEntries(
  (await readFile(budgets, 'utf8')).split('\n').flatMap((line) => {
    const found = line.match(/^(lighthouse_\w+)\s*=\s*([\d_]+)/);
    return found ? [[found[1], Number(found[2].replaceAll('_', ''))]] : [];
  }),
);
const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
await mkdir(reports, { recursive: true });
let missed = false;
const hold = (profile, what, value, aim, isFine) => {
  if (isFine) return;
  missed = true;
  console.log(`  ${profile}: ${what} is ${value}; budget.toml wants ${aim}`);
};
for (const [profile, config] of [['desktop', desktopConfig], ['mobile', undefined]]) {
  const chrome = await launch({ chromePath: chromium, chromeFlags: flags });
  const { lhr, report } = await lighthouse(address, { port: chrome.port, output: 'html', logLevel: 'error' }, config);
  await chrome.kill();
  await writeFile(join(reports, `lighthouse-${profile}.html`), report);
  const scores = Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]);
  const shown = (id) => lhr.audits[id]?.displayValue ?? '-';
  const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index', 'total-byte-weight'];
  console.log(`${profile}: ${scores.map(([name, score]) => `${name} ${score}`).join(', ')}`);
  console.log(`  ${times.map((id) => `${id} ${shown(id)}`).join(', ')}`);
  for (const [name, score] of scores) {
    const aim = budget[`lighthouse_${profile}_${name.replaceAll('-', '_')}`];
    if (aim !== undefined) hold(profile, name, score, `at least ${aim}`, score >= aim);
    if (score === 100) continue;
    for (const { id, weight } of lhr.categories[name].auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 1) {
        console.log(`    ${name}: ${id} ${Math.round(audit.score * 100)}${audit.displayValue ? `, ${audit.displayValue}` : ''}`);
        for (const item of audit.details?.items?.slice(0, 4) ?? []) console.log(`      ${JSON.stringify(item).slice(0, 220)}`);
      }
    }
  }
  const paint = budget[`lighthouse_${profile}_paint_ms`];
  const seen = Math.round(lhr.audits['largest-contentful-paint'].numericValue);
  if (paint !== undefined) hold(profile, 'the largest paint, in ms,', seen, `at most ${paint}`, seen <= paint);
}
server.close();
process.exitCode = missed ? 1 : 0;
