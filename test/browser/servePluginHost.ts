/** Bundles the plugin host, and serves it beside the built plugins and a proxy to a running server. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from '../golden.ts';

const bundle = join(projectRoot, 'build/pluginHost/pluginHost.js');
const sources = [
  'test/browser/pluginHost.tsx',
  'test/browser/story/hostPages.tsx',
  'test/browser/story/hostData.ts',
  'test/browser/servePluginHost.ts',
  'package-lock.json',
];
const folders: readonly (readonly [string, string])[] = [
  ['/plugin/', 'dist'],
  ['/public/build/img/icons/', 'node_modules/@grafana/ui/dist/public/img/icons'],
  ['/system.min.js', 'node_modules/systemjs/dist/system.min.js'],
  ['/amd.min.js', 'node_modules/systemjs/dist/extras/amd.min.js'],
  ['/host/', 'build/pluginHost'],
  ['/host.html', 'test/browser/pluginHost.html'],
  ...['/a/', '/d/', '/explore', '/alerting/'].map((page) => [page, 'test/browser/pluginHost.html'] as const),
];
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.html': 'text/html',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface PluginHost {
  readonly url: string;
  readonly origin: string;
  close(): Promise<void>;
}

/** `others`: where data sources of other kinds are, by uid. */
export async function servePluginHost(
  backendUrl: string,
  others: Readonly<Record<string, string>> = {},
): Promise<PluginHost> {
  await bundleHost();
  const proxied = new Map([
    ['/proxy', backendUrl],
    ...Object.entries(others).map(([uid, url]) => [`/datasource/${uid}`, url] as const),
  ]);
  const server = createServer((request, response) => {
    answer(request, response, proxied).catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/host.html`,
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Grafana's packages are 9 MB and change with the lockfile only. */
async function bundleHost(): Promise<void> {
  const youngest = Math.max(...sources.map((path) => statSync(join(projectRoot, path)).mtimeMs));
  if (existsSync(bundle) && statSync(bundle).mtimeMs >= youngest) return;
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['test/browser/pluginHost.tsx'],
    outdir: 'build/pluginHost',
    bundle: true,
    platform: 'browser',
    format: 'esm',
    // The code editor is half of Grafana's packages, and nothing here opens it.
    splitting: true,
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    // SystemJS defines `define`, which libraries in the bundle would take for theirs.
    define: { 'process.env.NODE_ENV': '"production"', define: 'undefined', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.png': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  proxied: ReadonlyMap<string, string>,
): Promise<void> {
  const [asked = '/', search = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const path = normalize(asked);
  for (const [start, url] of proxied) {
    const query = search === '' ? '' : `?${search}`;
    if (path.startsWith(`${start}/`)) return forward(request, response, `${url}${path.slice(start.length)}${query}`);
  }
  // Grafana brings its fonts itself; without them the system's are shown.
  if (path.startsWith('/public/fonts/')) {
    response.writeHead(200).end();
    return;
  }
  // Pages have addresses of their own.
  const [prefix = '', folder = ''] = folders.find(([start]) => path.startsWith(start)) ?? [];
  const isPage = folder.endsWith('.html');
  const file = join(projectRoot, folder, isPage ? '' : path.slice(prefix.length));
  // A few icons are in Grafana's core and not in its packages.
  if (folder.endsWith('/icons') && !existsSync(file)) {
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>');
    return;
  }
  if (prefix === '' || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

async function forward(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const backend = await fetch(url, {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  });
  const passed = ['content-type', 'pyrolens-estimate'].map((name) => [name, backend.headers.get(name) ?? '']);
  response.writeHead(backend.status, passed.filter(([, value]) => value !== '').flat());
  response.end(Buffer.from(await backend.arrayBuffer()));
}
