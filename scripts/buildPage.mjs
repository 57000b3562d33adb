// Bundles the built-in page: index.html as it is, one script, one style sheet, the logo.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildPage({ root, outDir }) {
  for (const [from, to] of [
    ['src/page/index.html', 'index.html'],
    ['src/img/logo.svg', 'logo.svg'],
  ]) {
    copyFileSync(join(root, from), join(outDir, to));
  }
  await build({
    absWorkingDir: root,
    entryPoints: ['src/page/page.ts', 'src/page/page.css'],
    outdir: outDir,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    minify: true,
    logLevel: 'warning',
  });
}
