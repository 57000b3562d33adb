/** The data source's backend, asked as Grafana asks it: by a host in Node everywhere, and by Grafana's libraries where Go is. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { askInGo, buildGoHost } from './goPluginHost.ts';
import type { AskedQuery, PluginAsking, PluginReport } from './pluginHost.ts';
import { askInNode, pluginEnv, readHandshake } from './pluginHost.ts';

const command = join(projectRoot, 'src/datasource/launcher.sh');
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const token = 'secret-of-the-test';
const withToken = {
  jsonData: { httpHeaderName1: 'Authorization' },
  secrets: { httpHeaderValue1: `Bearer ${token}` },
};
/** On the grid of 15 s, so that points and profiles meet. */
const start = Math.floor(Date.now() / 15_000) * 15_000 - 120_000;
const end = start + 60_000;

const goHost = buildGoHost();
// Loudly: half of what this file says is not tested then.
if (goHost.kind === 'missing') process.stderr.write(`\nSKIPPED: the Go host of the Grafana plugin, ${goHost.why}\n\n`);

interface Host {
  readonly name: string;
  readonly ask: (asking: PluginAsking) => Promise<PluginReport>;
}
const hosts: readonly Host[] = [
  { name: 'Node', ask: askInNode },
  ...(goHost.kind === 'host' ? [{ name: 'Go', ask: (asking: PluginAsking) => askInGo(goHost.path, asking) }] : []),
];
if (goHost.kind === 'missing') test.skip(`Go host: ${goHost.why}`, () => undefined);

let server: TestServer;
let address: string;
beforeAll(async () => {
  server = await startTestServer({ token });
  address = `127.0.0.1:${server.port}`;
  for (const [pod, share] of [
    ['a', 1],
    ['b', 3],
  ] as const) {
    for (const second of [10, 25, 40]) {
      const folded = [`main;json.Marshal ${share * 3_000_000_000}`, `main;serve ${1_500_000_000}`];
      const profile = foldedPprof({ folded, timeNanos: BigInt(start + second * 1_000) * 1_000_000n });
      const labels = { __name__: 'process_cpu', service_name: 'shop', pod };
      const headers = { authorization: `Bearer ${token}` };
      const pushed = await call(server.url, 'push.v1.PusherService/Push', pushMessage(labels, profile), headers);
      expect(pushed.status).toBe(200);
    }
  }
});
afterAll(() => server.close());

const query = (refId: string, model: object): AskedQuery => ({
  refId,
  from: start,
  to: end,
  intervalMs: 1_000,
  model: { refId, profileTypeId: cpu, labelSelector: '{service_name="shop"}', ...model },
});

for (const { name, ask } of hosts) {
  describe(`asked from ${name}`, () => {
    test('the handshake is of version 2, the health check counts profile types, metrics are Prometheus’', async () => {
      const report = await ask({ command, address, ...withToken, queries: [] });
      expect(report).toMatchObject({
        version: 2,
        health: 'OK',
        healthText: 'Connected. 1 profile type in the last 24 hours.',
        resourceStatus: 200,
        resource: JSON.stringify([{ id: cpu, label: 'process_cpu / cpu' }]),
      });
      expect(report.metricsBytes).toBeGreaterThan(1_000);
    });

    test('metrics are one frame a series, in cores, with times to the nanosecond', async () => {
      const asked = query('A', { queryType: 'metrics', groupBy: ['pod'] });
      const { A } = (await ask({ command, address, ...withToken, queries: [asked] })).responses;
      expect(A).toMatchObject({ status: 200, error: '' });
      expect(A?.frames.map((frame) => frame.name)).toEqual(['b', 'a']);
      expect(A?.frames[1]).toMatchObject({
        name: 'a',
        refId: 'A',
        meta: {
          type: 'timeseries-multi',
          typeVersion: [0, 1],
          preferredVisualisationType: 'graph',
          custom: { profileTypeId: cpu, rateCalculated: true },
        },
        timeNanos: [15, 30, 45].map((second) => `${start + second * 1_000}000000`),
        fields: [
          { name: 'time', config: { interval: 15_000 }, values: [15, 30, 45].map((second) => start + second * 1_000) },
          { name: 'value', labels: { pod: 'a' }, config: { unit: 'cores' } },
        ],
      });
      const values = A?.frames.map(({ fields }) => fields[1]?.values.map((value) => Number(value).toFixed(9)));
      expect(values).toEqual([Array(3).fill((10.5 / 15).toFixed(9)), Array(3).fill((4.5 / 15).toFixed(9))]);
    });

    test('a flame graph is the nested set that Grafana draws, in the order of names', async () => {
      const asked = query('A', { queryType: 'profile' });
      const { A } = (await ask({ command, address, ...withToken, queries: [asked] })).responses;
      expect(A?.frames).toHaveLength(1);
      const [frame] = A?.frames ?? [];
      expect(frame?.meta).toMatchObject({ preferredVisualisationType: 'flamegraph', custom: { profileTypeId: cpu } });
      expect(frame?.fields.map(({ name: field, values }) => [field, values])).toEqual([
        ['level', [0, 1, 2, 2]],
        ['value', [45e9, 45e9, 36e9, 9e9]],
        ['self', [0, 0, 36e9, 9e9]],
        ['label', expect.any(Array)],
      ]);
      expect(textsOf(frame?.fields[3])).toEqual(['total', 'main', 'json.Marshal', 'serve']);
      expect(frame?.fields[1]?.config).toMatchObject({ unit: 'ns' });
    });

    test('both is the series and the flame graph', async () => {
      const asked = query('A', { queryType: 'both' });
      const { A } = (await ask({ command, address, ...withToken, queries: [asked] })).responses;
      expect(A?.frames.map(({ fields }) => fields.length)).toEqual([2, 4]);
    });

    test('a rule gets series, and is told why it gets no flame graph', async () => {
      const queries = ['metrics', 'both', 'profile'].map((queryType) => query(queryType, { queryType }));
      const asking = {
        command,
        address,
        ...withToken,
        queries,
        headers: { FromAlert: 'true', 'X-Cache-Skip': 'true' },
      };
      const { metrics, both, profile } = (await ask(asking)).responses;
      expect(both?.frames.map(({ fields }) => fields.length)).toEqual([2]);
      expect(metrics?.frames).toHaveLength(1);
      expect(profile).toMatchObject({ status: 400, errorSource: 'downstream', frames: [] });
      expect(profile?.error).toContain('a rule needs numbers');
    });

    test('what is asked for nothing is no frame, which rules call no data', async () => {
      const asked = query('A', { queryType: 'metrics', labelSelector: '{service_name="nobody"}' });
      const { A } = (await ask({ command, address, ...withToken, queries: [asked] })).responses;
      expect(A).toMatchObject({ status: 200, error: '', frames: [] });
    });

    test('one bad query does not cost the other its answer', async () => {
      const queries = [
        query('bad', { queryType: 'metrics', labelSelector: '{service_name=}' }),
        query('untyped', { queryType: 'metrics', profileTypeId: '' }),
        query('variable', { queryType: 'metrics', labelSelector: '{service_name="$service"}' }),
        query('good', { queryType: 'metrics' }),
      ];
      const { bad, untyped, variable, good } = (await ask({ command, address, ...withToken, queries })).responses;
      expect(bad).toMatchObject({ status: 400, errorSource: 'downstream', frames: [] });
      expect(untyped?.error).toBe('the query has no profile type');
      expect(variable?.error).toContain('$service stays as it is');
      expect(good?.frames).toHaveLength(1);
    });

    for (const [what, settings] of [
      ['no token', {}],
      ['another token', { ...withToken, secrets: { httpHeaderValue1: 'Bearer other' } }],
      ['a token under another header', { ...withToken, jsonData: { httpHeaderName1: 'X-Token' } }],
    ] as const) {
      test(`a data source with ${what} learns nothing`, async () => {
        const report = await ask({ command, address, ...settings, queries: [query('A', { queryType: 'metrics' })] });
        expect(report.health).toBe('ERROR');
        expect(report.healthText).toContain('check the token in the data source settings');
        expect(report.responses['A']).toMatchObject({ status: 401, errorSource: 'downstream', frames: [] });
        expect(report.resourceStatus).toBe(401);
        expect(report.resource).not.toContain('process_cpu');
      });
    }
  });
}

const onlyGo = goHost.kind === 'host' ? test : test.skip;
const goPath = goHost.kind === 'host' ? goHost.path : '';

onlyGo('Grafana’s rules take the frames of metrics, and would refuse a flame graph', async () => {
  const queries = [query('A', { queryType: 'metrics', groupBy: ['pod'] }), query('B', { queryType: 'profile' })];
  const { notAlertable, ping } = await askInGo(goPath, { command, address, ...withToken, queries });
  expect(ping).toBe('');
  expect(notAlertable['A']).toEqual(['', '']);
  expect(notAlertable['B']).toEqual(['no type of version 0.1']);
});

onlyGo('Grafana ends the launcher, and the server stays', async () => {
  const { killMillis } = await askInGo(goPath, { command, address, ...withToken }, true);
  expect(killMillis).toBeLessThan(5_000);
  expect((await askInGo(goPath, { command, address, ...withToken })).health).toBe('OK');
});

onlyGo('what the launcher says reaches Grafana’s log with its level', async () => {
  const { log } = await askInGo(goPath, { command, address, ...withToken });
  const said = log.find((line) => String(line['@message']).startsWith('Grafana asks'));
  expect(said).toMatchObject({ '@level': 'info', '@message': `Grafana asks the Pyrolens server at ${address}` });
});

function textsOf(field: { readonly config: unknown; readonly values: readonly unknown[] } | undefined): unknown {
  const config = field?.config as { readonly type?: { readonly enum?: { readonly text?: readonly string[] } } };
  return field?.values.map((value) => config.type?.enum?.text?.[Number(value)]);
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runLauncher(env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
  const child = spawn(command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (bytes: Buffer) => (said[name] += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
}

for (const [what, env, words] of [
  ['a person', { grafana_plugin_type: '' }, 'Grafana starts it'],
  ['a host of another version', { PLUGIN_PROTOCOL_VERSIONS: '3,4' }, 'other versions'],
  ['a host with AutoMTLS', { PLUGIN_CLIENT_CERT: 'pem' }, 'AutoMTLS'],
  ['an address with a quote', { GF_PLUGIN_BACKEND_ADDR: 'a":1' }, 'HOST:PORT'],
  ['an address without a port', { GF_PLUGIN_BACKEND_ADDR: 'pyrolens' }, 'HOST:PORT'],
] as const) {
  test(`the launcher refuses ${what}, and says so where Grafana looks`, async () => {
    const { code, stdout, stderr } = await runLauncher({ ...pluginEnv('127.0.0.1:4040'), ...env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
    if (what !== 'a person') {
      const line = JSON.parse(stderr) as Readonly<Record<string, unknown>>;
      expect(line).toMatchObject({ '@level': 'error' });
      expect(typeof line['@message']).toBe('string');
      expect(line['@timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }
  });
}

test('the launcher survives an interrupt, and ends when Grafana has died without a word', async () => {
  const script = '"$0" & echo "pid $!"; wait';
  const grafana = spawn('/bin/sh', ['-c', script, command], {
    env: pluginEnv(address),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  await new Promise<void>((resolve) => {
    grafana.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('grpc\n') && said.includes('pid ')) resolve();
    });
  });
  expect(readHandshake(said.split('\n').find((line) => line.includes('|')) ?? '').version).toBe(2);
  const launcher = Number(/pid (\d+)/.exec(said)?.[1]);
  const lives = (): boolean => {
    try {
      return process.kill(launcher, 0);
    } catch {
      return false; // No such process is the answer.
    }
  };
  process.kill(launcher, 'SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(lives()).toBe(true);
  grafana.kill('SIGKILL');
  for (let i = 0; i < 50 && lives(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lives()).toBe(false);
});
