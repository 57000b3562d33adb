/** The set-up that people start with docker-compose: what its files name must exist, here or in what Grafana brings. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readState } from '../src/app/data/pageAddress.ts';
import type { SavedQuery } from '../src/datasource/data/migrateQuery.ts';
import { migrateQuery } from '../src/datasource/data/migrateQuery.ts';
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
interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly correlations?: readonly {
    readonly targetUID: string;
    readonly label?: string;
    readonly description?: string;
    readonly config: { readonly target: object; readonly transformations: readonly { readonly expression: string }[] };
  }[];
  readonly jsonData?: {
    readonly derivedFields?: readonly {
      readonly matcherRegex: string;
      readonly url: string;
      readonly datasourceUid?: string;
    }[];
    readonly exemplarTraceIdDestinations?: readonly { readonly url: string }[];
    readonly prometheusUid?: string;
    readonly tracesToProfiles?: { readonly datasourceUid: string };
    readonly tracesToLogsV2?: { readonly datasourceUid: string };
  };
}
interface DataSources {
  readonly datasources: readonly DataSource[];
}

const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
const read = <T>(path: string): T => parse(textOf(path)) as T;
const dashboard = read<Dashboard>('provisioning/dashboards/service.json');
const dashboardFiles = readdirSync(join(projectRoot, 'provisioning/dashboards')).filter((name) =>
  name.endsWith('.json'),
);
const dashboards = dashboardFiles.map((name) => [name, read<Dashboard>(`provisioning/dashboards/${name}`)] as const);
const { datasources } = read<DataSources>('provisioning/datasources/datasources.yaml');
const { services } = read<Compose>('docker-compose.yml');

const ourPlugins = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('plugin.json'))
  .map((path) => read<{ readonly id: string }>(join('src', path)).id)
  .sort();
/** What every Grafana has. */
const builtIn = ['timeseries', 'table', 'logs', 'loki', 'prometheus', 'grafana-pyroscope-datasource'];

for (const [name, each] of dashboards) {
  test(`${name} asks only data sources that are provisioned, of plugins that exist`, () => {
    const known = new Map(datasources.map(({ uid, type }) => [uid, type]));
    const asked = JSON.stringify(each).matchAll(/"datasource":\{"type":"([^"]*)","uid":"([^"]*)"\}/g);
    const pairs = [...asked].map(([, type = '', uid = '']) => [uid, type] as const);
    expect(pairs.length).toBeGreaterThan(each.panels.length);
    for (const [uid, type] of pairs) expect([uid, known.get(uid)]).toEqual([uid, type]);
    for (const type of [...known.values(), ...each.panels.map((panel) => panel.type)]) {
      expect([...ourPlugins, ...builtIn]).toContain(type);
    }
  });

  test(`no panel of ${name} covers another, and none is wider than the dashboard`, () => {
    const cells = each.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...each.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  test(`queries of ${name} to our data source are in today's form`, () => {
    const ours = each.panels.flatMap(({ datasource, targets }) => (datasource.uid === 'pyrolens' ? targets : []));
    for (const target of ours)
      expect({ version: 2, ...(target as object) }).toEqual(migrateQuery(target as SavedQuery));
  });
}

test('the app brings exactly the dashboards that are here', () => {
  const { includes } = read<{ readonly includes: readonly { readonly type: string; readonly path: string }[] }>(
    'src/plugin.json',
  );
  const brought = includes
    .filter(({ type }) => type === 'dashboard')
    .map(({ path }) => path.replace('dashboards/', ''));
  expect(brought.sort()).toEqual([...dashboardFiles].sort());
});

test('the operations dashboard asks for metrics that the server has', () => {
  const asked = [...textOf('provisioning/dashboards/operations.json').matchAll(/pyrolens_\w+/g)].map(([name]) => name);
  const metrics = textOf('backend/http/metrics.ts');
  expect(asked.length).toBeGreaterThan(6);
  for (const name of asked) expect(metrics).toContain(`'${name.replace(/_(bucket|count|sum)$/, '')}'`);
});

const recipes = readdirSync(join(projectRoot, 'provisioning/recipes')).map((name) => `provisioning/recipes/${name}`);
const allSources = [...datasources, ...recipes.flatMap((path) => read<DataSources>(path).datasources)];

test('links between logs, metrics, traces and profiles lead to data sources that are provisioned', () => {
  const known = new Map(allSources.map(({ uid, type }) => [uid, type]));
  const named = allSources.flatMap(({ correlations = [], jsonData = {} }) => [
    ...correlations.map(({ targetUID }) => targetUID),
    ...(jsonData.derivedFields ?? []).flatMap(({ datasourceUid = [] }) => datasourceUid),
    ...[jsonData.tracesToProfiles, jsonData.tracesToLogsV2].flatMap((each) => each?.datasourceUid ?? []),
  ]);
  expect(named.length).toBeGreaterThanOrEqual(7);
  for (const uid of named) expect([uid, known.has(uid)]).toEqual([uid, true]);
  // Grafana offers its own profiling data source alone there.
  const fromTraces = allSources.flatMap(({ jsonData }) => jsonData?.tracesToProfiles?.datasourceUid ?? []);
  expect(fromTraces.map((uid) => known.get(uid))).toEqual(['grafana-pyroscope-datasource']);
});

test('"Create alert" finds the data source that asks for shares of functions in PromQL', () => {
  const ours = datasources.find(({ uid }) => uid === 'pyrolens');
  const shares = datasources.find(({ uid }) => uid === ours?.jsonData?.prometheusUid);
  expect(shares).toMatchObject({ type: 'prometheus', url: `${ours?.url ?? ''}/prometheus` });
});

test('correlations go both ways, and every variable of theirs is found by an expression', () => {
  const pairs = datasources.flatMap(({ uid, correlations = [] }) =>
    correlations.map(({ targetUID }) => `${uid} to ${targetUID}`),
  );
  expect(pairs).toEqual(expect.arrayContaining(['pyrolens to loki', 'loki to pyrolens']));
  // Grafana 12.3 panics at its start on one without.
  for (const { label, description } of datasources.flatMap(({ correlations = [] }) => correlations)) {
    expect([label, description]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
  }
  for (const { config } of datasources.flatMap(({ correlations = [] }) => correlations)) {
    expect(JSON.stringify(config.target)).toMatch(/\$\$\{\w+\}/);
    for (const { expression } of config.transformations) expect(() => new RegExp(expression)).not.toThrow();
  }
});

const span = '00f067aa0ba902b7';
const trace = `${span}${span}`;
for (const [line, uid, expected] of [
  [`level=info span_id=${span} msg=ok`, 'span', { spanSelector: [span] }],
  [`{"traceID": "${trace}"}`, 'trace', { traceIdSelector: [trace] }],
] as const) {
  test(`a log line with a ${uid} leads to the flame graph of it`, () => {
    const fields = datasources.find((source) => source.uid === 'loki')?.jsonData?.derivedFields ?? [];
    const found = fields.flatMap(({ matcherRegex, url, datasourceUid }) => {
      const [, id] = new RegExp(matcherRegex).exec(line) ?? [];
      return id === undefined || datasourceUid === undefined ? [] : [url.replace('$${__value.raw}', id)];
    });
    expect(found).toHaveLength(1);
    expect(migrateQuery({ refId: 'A', query: found[0] } as SavedQuery)).toMatchObject(expected);
  });
}

test('links into the app carry what its pages read', () => {
  const urls = datasources.flatMap(({ jsonData = {} }) => [
    ...(jsonData.derivedFields ?? []).filter(({ datasourceUid }) => datasourceUid === undefined).map(({ url }) => url),
    ...(jsonData.exemplarTraceIdDestinations ?? []).map(({ url }) => url),
  ]);
  expect(urls).toHaveLength(3);
  const states = urls.map((url) => {
    // In Explore a line of a log knows no __value.time.
    const filled = url.replace('$${__value.raw}', 'shop').replace('$${__data.fields.Time.numeric}', '1700000000000');
    const { pathname, search } = new URL(filled, 'http://grafana');
    expect(pathname).toBe('/a/pyrolens-profiles-app/explore');
    return readState(search);
  });
  const around = { from: '1699999940000', to: '1700000060000' };
  expect(states).toMatchObject([
    { labelSelector: '{pod="shop"}', ...around },
    { labelSelector: '{service_name="shop"}', ...around },
    { labelSelector: '{}', traceIds: ['shop'] },
  ]);
});

test('flame graph, logs and metrics hang on one service_name and one crosshair', () => {
  expect(dashboard.templating.list[0]).toMatchObject({ name: 'service_name', datasource: { uid: 'pyrolens' } });
  expect(dashboard.graphTooltip).toBe(1);
  expect(dashboard.panels.map(({ type, datasource }) => `${type} of ${datasource.uid}`)).toEqual([
    'timeseries of prometheus',
    'timeseries of pyrolens',
    'timeseries of prometheus',
    'pyrolens-flamegraph-panel of pyrolens',
    'logs of loki',
  ]);
  for (const { targets } of dashboard.panels)
    expect(JSON.stringify(targets)).toContain('service_name=\\"$service_name\\"');
});

test('the flame graph stands beside the logs', () => {
  const boxOf = (type: string) => dashboard.panels.find((panel) => panel.type === type)?.gridPos;
  expect(boxOf('logs')?.y).toBe(boxOf('pyrolens-flamegraph-panel')?.y);
});

test('Grafana may load exactly our plugins unsigned', () => {
  const allowed = services['grafana']?.environment?.['GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS'] ?? '';
  expect(allowed.split(',').sort()).toEqual(ourPlugins);
});

test('Grafana has the plugin with the backend, which is told where the server is', () => {
  const { environment = {}, volumes = [] } = services['grafana'] ?? {};
  expect(volumes).toContain('./dist-backend:/var/lib/grafana/plugins/pyrolens-profiles-app:ro');
  expect(volumes).toContain('./provisioning:/etc/grafana/provisioning:ro');
  const [name = ''] = /GF_PLUGIN_\w+/.exec(textOf('src/datasource/launcher.sh')) ?? [];
  const url = datasources.find(({ uid }) => uid === 'pyrolens')?.url ?? '';
  expect(environment[name]).toBe(new URL(url).host);
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
      if (from !== './dist-backend') expect([from, existsSync(join(projectRoot, from))]).toEqual([from, true]);
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
    ...datasources.map(({ url }) => new URL(url).host),
    ...[...textOf('provisioning/alloy/config.alloy').matchAll(/http:\/\/([^/"]+)/g)].map(([, host = '']) => host),
    ...[...textOf('provisioning/prometheus/prometheus.yml').matchAll(/targets: \['?([^'\]]+)/g)].map(
      ([, host = '']) => host,
    ),
  ];
  expect(urls).toHaveLength(12);
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

test('alerts of Prometheus ask for metrics that the shipped recording rules make, and that the server has', () => {
  const rules = textOf('provisioning/prometheus/rules/pyrolens.yml');
  const asked = [...new Set([...rules.matchAll(/profiles_recorded_\w+/g)].map(([name]) => name))];
  const { rules: recorded } = read<{ readonly rules: readonly { readonly metric: string }[] }>(
    'provisioning/pyrolens/recording-rules.yaml',
  );
  expect(asked.sort()).toEqual(recorded.map(({ metric }) => metric).sort());
  const metrics = textOf('backend/http/metrics.ts') + textOf('backend/http/remoteWriteCounters.ts');
  for (const [, name = ''] of rules.matchAll(/pyrolens_(?:remote_write_)?(\w+_(?:total|seconds))/g))
    expect(metrics).toContain(`${name}'`);
});

test('Prometheus takes what Pyrolens sends', () => {
  expect(services['prometheus']?.command).toContain('--web.enable-remote-write-receiver');
  expect(services['pyrolens']?.environment).toMatchObject({
    PYROLENS_RECORDING_RULES: '/etc/pyrolens/recording-rules.yaml',
    PYROLENS_REMOTE_WRITE_URL: 'http://prometheus:9090/api/v1/write',
  });
  const flags = textOf('backend/remoteWriteFlags.ts') + textOf('backend/ruleFlags.ts');
  for (const flag of ['remote-write-url', 'recording-rules']) expect(flags).toContain(`name: '${flag}'`);
});

// npm test finds it, or installs it as root on Debian.
const compose = process.env['PYROLENS_DOCKER_COMPOSE'];
if (compose === undefined)
  process.stderr.write('\nNOT RUN: docker-compose config, as there is no docker-compose (run npm test)\n');
(compose === undefined ? test.skip : test)('docker-compose accepts the file', () => {
  const { status, stderr } = spawnSync(compose ?? '', ['config', '--quiet'], { cwd: projectRoot, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
