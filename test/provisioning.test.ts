/** The set-up that people start with docker-compose: what its files name must exist, here or in what Grafana brings. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from './golden.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly unknown[];
}
interface Dashboard {
  readonly graphTooltip: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly datasource: Panel['datasource'] }[];
  };
  readonly panels: readonly Panel[];
}
interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: object;
  readonly privileged?: boolean;
  readonly pid?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}
interface DataSources {
  readonly datasources: readonly { readonly uid: string; readonly type: string; readonly url: string }[];
}

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const read = <T>(path: string): T => parse(textOf(path)) as T;
const dashboard = read<Dashboard>('provisioning/dashboards/service.json');
const { datasources } = read<DataSources>('provisioning/datasources/datasources.yaml');
const { services } = read<Compose>('docker-compose.yml');

const ourPlugins = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('plugin.json'))
  .map((path) => read<{ readonly id: string }>(join('src', path)).id)
  .sort();
/** What every Grafana has. */
const builtIn = ['timeseries', 'logs', 'loki', 'prometheus'];

test('the dashboard asks only data sources that are provisioned, of plugins that exist', () => {
  const known = new Map(datasources.map(({ uid, type }) => [uid, type]));
  const asked = JSON.stringify(dashboard).matchAll(/"datasource":\{"type":"([^"]*)","uid":"([^"]*)"\}/g);
  const pairs = [...asked].map(([, type = '', uid = '']) => [uid, type] as const);
  expect(new Set(pairs.map(([uid]) => uid))).toEqual(new Set(['pyrolens', 'loki', 'prometheus']));
  for (const [uid, type] of pairs) expect([uid, known.get(uid)]).toEqual([uid, type]);
  for (const type of [...known.values(), ...dashboard.panels.map((panel) => panel.type)]) {
    expect([...ourPlugins, ...builtIn]).toContain(type);
  }
});

test('flame graph, logs and metrics hang on one service_name and one crosshair', () => {
  expect(dashboard.templating.list[0]).toMatchObject({ name: 'service_name', datasource: { uid: 'pyrolens' } });
  expect(dashboard.graphTooltip).toBe(1);
  expect(dashboard.panels.map(({ type, datasource }) => `${type} of ${datasource.uid}`)).toEqual([
    'timeseries of pyrolens',
    'timeseries of prometheus',
    'pyrolens-flamegraph-panel of pyrolens',
    'logs of loki',
  ]);
  for (const { targets } of dashboard.panels)
    expect(JSON.stringify(targets)).toContain('service_name=\\"$service_name\\"');
});

test('the flame graph stands beside the logs, and no panel covers another', () => {
  const boxOf = (type: string) => dashboard.panels.find((panel) => panel.type === type)?.gridPos;
  expect(boxOf('logs')?.y).toBe(boxOf('pyrolens-flamegraph-panel')?.y);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
});

test('Grafana may load exactly our plugins unsigned', () => {
  const allowed = services['grafana']?.environment?.['GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS'] ?? '';
  expect(allowed.split(',').sort()).toEqual(ourPlugins);
});

test('every service is pinned, has a health check, and is reached from this machine only', () => {
  expect(Object.keys(services).sort()).toEqual(['alloy', 'grafana', 'loki', 'prometheus', 'pyrolens']);
  for (const [name, { image, healthcheck, ports = [] }] of Object.entries(services)) {
    expect(image).toMatch(name === 'pyrolens' ? /^pyrolens$/ : /:v?\d+\.\d+\.\d+$/);
    expect(healthcheck).toMatchObject({ test: expect.any(Array) as unknown, interval: '10s' });
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
  expect(services['alloy']).toMatchObject({ privileged: true, pid: 'host' });
});

test('every file and folder that compose mounts is here, and configurations are found inside', () => {
  for (const { volumes = [], command = [] } of Object.values(services)) {
    for (const volume of volumes.filter((each) => each.startsWith('./'))) {
      const [from = '', to = ''] = volume.split(':');
      // What is built is not in a fresh clone.
      if (from !== './dist') expect([from, existsSync(join(projectRoot, from))]).toEqual([from, true]);
      const inside = command.map((part) => part.replace(/^.*=/, '')).find((part) => part.startsWith(`${to}/`));
      if (inside !== undefined) {
        const file = inside.replace(to, from);
        expect([file, existsSync(join(projectRoot, file))]).toEqual([file, true]);
      }
    }
  }
});

test('hosts in configurations are services, and ports are the ones they listen on', () => {
  const ports: Readonly<Record<string, string>> = {
    pyrolens: '4040',
    grafana: '3000',
    loki: '3100',
    prometheus: '9090',
    alloy: '12345',
  };
  const urls = [
    ...datasources.map(({ url }) => url.replace('http://', '')),
    ...[...textOf('provisioning/alloy/config.alloy').matchAll(/http:\/\/([^/"]+)/g)].map(([, host = '']) => host),
    ...[...textOf('provisioning/prometheus/prometheus.yml').matchAll(/targets: \['?([^'\]]+)/g)].map(
      ([, host = '']) => host,
    ),
  ];
  expect(urls).toHaveLength(10);
  for (const url of urls) {
    const [host = '', port] = url.split(':');
    expect([url, port]).toEqual([url, host === 'localhost' ? ports['prometheus'] : ports[host]]);
  }
});

test('what Alloy forwards to is declared', () => {
  const config = textOf('provisioning/alloy/config.alloy');
  const declared = [...config.matchAll(/^([\w.]+) "(\w+)" \{/gm)].map(([, kind, name]) => `${kind}.${name}`);
  const named = [...config.matchAll(/= \[?([a-z_.]+)\.(?:receiver|output|targets)\b/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThanOrEqual(5);
  for (const name of named) expect(declared).toContain(name);
  expect(config).toContain('pyroscope.ebpf "containers"');
});

// npm test finds it, or installs it as root on Debian.
const compose = process.env['PYROLENS_DOCKER_COMPOSE'];
if (compose === undefined)
  process.stderr.write('\nNOT RUN: docker-compose config, as there is no docker-compose (run npm test)\n');
(compose === undefined ? test.skip : test)('docker-compose accepts the file', () => {
  const { status, stderr } = spawnSync(compose ?? '', ['config', '--quiet'], { cwd: projectRoot, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
