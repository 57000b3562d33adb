// Builds what is missing or stale: build/backend, build/page, and with --plugins also dist/ (the Grafana plugins) and
// dist-backend/ (the same with a backend, so that Grafana's servers can ask: for alert rules).
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { addPluginBackend } from './addPluginBackend.mjs';
import { isFresh } from './freshness.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...paths) => paths.map((path) => join(root, path));
const shared = at('package-lock.json', 'package.json', 'scripts');

/** The bundlers are loaded only when there is something to do: they cost a start more than the check does. */
export async function buildServer() {
  const main = join(root, 'build/backend/main.mjs');
  await buildStale('build/backend', main, [...at('backend'), ...shared], async (outDir) => {
    const { buildBackend } = await import('./buildBackend.mjs');
    await buildBackend({ root, outDir });
  });
  const pageSources = at('src/page', 'src/flamegraph', 'src/img/logo.svg');
  await buildStale('build/page', join(root, 'build/page/page.js'), [...pageSources, ...shared], async (outDir) => {
    const { buildPage } = await import('./buildPage.mjs');
    await buildPage({ root, outDir });
  });
  return main;
}

export async function buildPlugins() {
  // webpack leaves a file alone that would not change, so its time says nothing.
  const stamp = join(root, 'build/plugins.stamp');
  const output = at('dist/module.js', 'dist-backend/module.js').find((file) => !existsSync(file)) ?? stamp;
  const sources = [...at('src', 'webpack.config.mjs', 'provisioning/dashboards', 'CHANGELOG.md'), ...shared];
  await buildStale('dist', output, sources, () => {
    const webpack = join(root, 'node_modules/webpack/bin/webpack.js');
    const { status } = spawnSync(process.execPath, [webpack, '--mode', 'production'], { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error('webpack failed');
    const [from, source, outDir] = at('dist', 'src/datasource', 'dist-backend');
    addPluginBackend({ from, source, outDir });
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, '');
  });
}

async function buildStale(folder, output, sources, build) {
  if (isFresh(output, sources)) return;
  const startedAt = performance.now();
  mkdirSync(join(root, folder), { recursive: true });
  await build(join(root, folder));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.error(`built ${folder} in ${seconds} s`);
}

/** What a browser downloads, or a start reads. */
function sizesOf(folder) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.(m?js|css|html)$/.test(name))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(root, folder, name));
      return `${name} ${kilobytes(bytes.length)} (${kilobytes(gzipSync(bytes).length)} gzip)`;
    })
    .join(', ');
}

const kilobytes = (bytes) => `${(bytes / 1_000).toFixed(1)} KB`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildServer();
  if (process.argv.includes('--plugins')) {
    await buildPlugins();
    for (const folder of ['build/backend', 'build/page', 'dist']) console.log(`${folder}: ${sizesOf(folder)}`);
  }
}
