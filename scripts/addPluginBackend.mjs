// The plugins once more, with a backend: what webpack made, plus the launcher that Grafana starts on each platform. Zip files
// keep the right to execute only of these names. There is none for Windows, which has no sh.
import { chmodSync, copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const platforms = ['linux_amd64', 'linux_arm64', 'linux_arm', 'darwin_amd64', 'darwin_arm64'];

/** `from` has the plugins without a backend, `source` is src/datasource. */
export function addPluginBackend({ from, source, outDir }) {
  rmSync(outDir, { recursive: true, force: true });
  cpSync(from, outDir, { recursive: true });
  const jsonFile = join(outDir, 'datasource/plugin.json');
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const backend = read(join(source, 'plugin.backend.json'));
  writeFileSync(jsonFile, `${JSON.stringify({ ...read(jsonFile), ...backend }, null, 2)}\n`);
  for (const platform of platforms) {
    const file = join(outDir, 'datasource', `${backend.executable}_${platform}`);
    copyFileSync(join(source, 'launcher.sh'), file);
    chmodSync(file, 0o755);
  }
}
