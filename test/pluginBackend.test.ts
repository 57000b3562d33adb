/** The two builds of the plugins: one that the public catalogue takes, and one with a backend, so that rules can ask. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addPluginBackend, platforms } from '../scripts/addPluginBackend.mjs';
import { projectRoot } from './golden.ts';

const source = join(projectRoot, 'src/datasource');
type PluginJson = Readonly<Record<string, unknown>>;
const read = (file: string): PluginJson => JSON.parse(readFileSync(file, 'utf8')) as PluginJson;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pyrolens-plugin-'));
  mkdirSync(join(dir, 'from/datasource'), { recursive: true });
  writeFileSync(join(dir, 'from/module.js'), 'the app');
  cpSync(join(source, 'plugin.json'), join(dir, 'from/datasource/plugin.json'));
  addPluginBackend({ from: join(dir, 'from'), source, outDir: join(dir, 'out') });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('without a backend the data source says that it has none', () => {
  const { backend, executable, alerting } = read(join(source, 'plugin.json'));
  expect({ backend, executable, alerting }).toEqual({ backend: undefined, executable: undefined, alerting: false });
});

test('with a backend Grafana offers it to rules and finds a launcher for its platform', () => {
  const plain = read(join(dir, 'from/datasource/plugin.json'));
  const json = read(join(dir, 'out/datasource/plugin.json'));
  expect(json).toEqual({ ...plain, backend: true, alerting: true, executable: 'gpx_pyrolens' });
  const launchers = readdirSync(join(dir, 'out/datasource')).filter((name) => name.startsWith('gpx_'));
  expect(launchers.sort()).toEqual(platforms.map((platform) => `gpx_pyrolens_${platform}`).sort());
  for (const name of launchers) {
    const file = join(dir, 'out/datasource', name);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
  }
});

test('the rest is the same, and a second build leaves nothing of the first', () => {
  expect(readFileSync(join(dir, 'out/module.js'), 'utf8')).toBe('the app');
  writeFileSync(join(dir, 'out/stale.js'), '');
  addPluginBackend({ from: join(dir, 'from'), source, outDir: join(dir, 'out') });
  expect(readdirSync(join(dir, 'out')).sort()).toEqual(['datasource', 'module.js']);
});
