// Builds what is missing or stale: build/backend, build/page, and with --plugins also dist/ (the Grafana plugins).
import { mkdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isFresh } from './freshness.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...paths) => paths.map((path) => join(root, path));

/** The bundler is loaded only when there is something to do: it costs a start more than the check does. */
export async function buildServer() {
  const backend = join(root, 'build/backend');
  const page = join(root, 'build/page');
  const shared = at('package-lock.json', 'package.json', 'scripts');
  if (!isFresh(join(backend, 'main.mjs'), [...at('backend'), ...shared])) {
    mkdirSync(backend, { recursive: true });
    const { buildBackend } = await import('./buildBackend.mjs');
    await buildBackend({ root, outDir: backend });
  }
  if (!isFresh(join(page, 'page.js'), [...at('src/page', 'src/flamegraph'), ...shared])) {
    mkdirSync(page, { recursive: true });
    const { buildPage } = await import('./buildPage.mjs');
    await buildPage({ root, outDir: page });
  }
  return join(backend, 'main.mjs');
}

export function buildPlugins() {
  if (isFresh(join(root, 'dist/module.js'), at('src', 'webpack.config.mjs', 'package-lock.json'))) return;
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/webpack/bin/webpack.js'), '--mode', 'production'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error('webpack failed');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildServer();
  if (process.argv.includes('--plugins')) buildPlugins();
}
