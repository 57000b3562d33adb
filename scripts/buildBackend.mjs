// Bundles the backend into one file, so that it starts in a fraction of a second; only the engine stays outside.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildBackend({ root, outDir }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: ['backend/main.ts'],
    outfile: join(outDir, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Names of functions are what the self profile shows.
    keepNames: false,
    minify: false,
    sourcemap: true,
    external: ['chdb', 'chdb/*'],
    define: { PYROLENS_VERSION: JSON.stringify(version), PYROLENS_REVISION: JSON.stringify(revision(root)) },
    // Express and others are CommonJS and call require.
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

function revision(root) {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'unknown'; // A tarball has no git.
  }
}
