/** The data source's backend, asked as Grafana asks it: by a host in Node everywhere, and by Grafana's libraries where Go is. */
import { join } from 'node:path';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';
import { askInGo, buildGoHost } from './goPluginHost.ts';
import type { AskedQuery, PluginAsking, PluginReport, ReadField } from './pluginHost.ts';
import { askInNode } from './pluginHost.ts';

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

    test('a function’s share is a series in parts of 1, for a name and for an expression, in groups', async () => {
      const queries = [
        query('name', { queryType: 'functionShare', functions: ['^json\\.Marshal$'] }),
        query('pods', { queryType: 'functionShare', functions: ['^json\\.Marshal$'], groupBy: ['pod'] }),
        query('self', { queryType: 'functionShare', functions: ['json|main'], functionValue: 'self', shownAs: 'rate' }),
        query('none', { queryType: 'functionShare' }),
      ];
      const headers = { FromAlert: 'true' };
      const { name, pods, self, none } = (await ask({ command, address, ...withToken, queries, headers })).responses;
      expect(name?.frames).toHaveLength(1);
      expect(name?.frames[0]).toMatchObject({
        name: 'json.Marshal',
        meta: { type: 'timeseries-multi', typeVersion: [0, 1] },
        // Windows of Prometheus 2.42 are closed on the left: the last one still sees the sample before it.
        timeNanos: [15, 30, 45, 60].map((second) => `${start + second * 1_000}000000`),
        fields: [{ name: 'time' }, { labels: { function: 'json.Marshal' }, config: { unit: 'percentunit', min: 0 } }],
      });
      expect(rounded(name?.frames[0]?.fields[1])).toEqual(Array(4).fill(0.8));
      const byPod = pods?.frames.map(({ fields }) => [fields[1]?.labels, rounded(fields[1])]);
      expect(byPod).toEqual([
        [{ function: 'json.Marshal', pod: 'a' }, Array(4).fill(0.666667)],
        [{ function: 'json.Marshal', pod: 'b' }, Array(4).fill(0.857143)],
      ]);
      expect(self?.frames.map((frame) => [frame.name, rounded(frame.fields[1])])).toEqual([
        ['json.Marshal', Array(4).fill(0.8)],
      ]);
      expect(self?.frames[0]?.fields[1]?.config).toMatchObject({ unit: 'cores' });
      expect(none).toMatchObject({ status: 400, frames: [] });
    });

    test('top functions are a table for a panel and a number each for a rule', async () => {
      const queries = [
        query('top', { queryType: 'topFunctions' }),
        query('change', { queryType: 'topFunctions', compareWith: { kind: 'label', name: 'pod', value: 'a' } }),
      ];
      const asking = { command, address, ...withToken, queries };
      const { top } = (await ask(asking)).responses;
      expect(top?.frames[0]?.fields.map((field) => [field.name, field.values])).toEqual([
        ['Function', ['json.Marshal', 'serve', 'main']],
        ['Self', [36e9, 9e9, 0]],
        ['Self share', [0.8, 0.2, 0]],
        ['Total', [36e9, 9e9, 45e9]],
        ['Total share', [0.8, 0.2, 1]],
      ]);
      const rule = (await ask({ ...asking, headers: { FromAlert: 'true' } })).responses;
      const numbers = rule['top']?.frames.map(({ meta, fields }) => [meta, fields[0]?.labels, rounded(fields[0])]);
      const numeric = { type: 'numeric-multi', typeVersion: [0, 1], custom: { profileTypeId: cpu } };
      expect(numbers).toEqual([
        [numeric, { function: 'main' }, [1]],
        [numeric, { function: 'json.Marshal' }, [0.8]],
        [numeric, { function: 'serve' }, [0.2]],
      ]);
      const changes = rule['change']?.frames.map(({ fields }) => [fields[0]?.labels, rounded(fields[0])]);
      expect(changes?.[0]).toEqual([{ function: 'json.Marshal' }, [0.133333]]);
    });

    test('a diff has both sides on one set of bars', async () => {
      const compareWith = { kind: 'label', name: 'pod', value: 'a' };
      const model = { queryType: 'diff', labelSelector: '{service_name="shop", pod="b"}', compareWith };
      const { A } = (await ask({ command, address, ...withToken, queries: [query('A', model)] })).responses;
      const [frame] = A?.frames ?? [];
      expect(frame?.name).toBe('process_cpu / cpu against pod a');
      expect(frame?.fields.slice(0, 5).map((field) => [field.name, field.values])).toEqual([
        ['level', [0, 1, 2, 2]],
        ['value', [13.5e9, 13.5e9, 9e9, 4.5e9]],
        ['self', [0, 0, 9e9, 4.5e9]],
        ['valueRight', [31.5e9, 31.5e9, 27e9, 4.5e9]],
        ['selfRight', [0, 0, 27e9, 4.5e9]],
      ]);
      expect(textsOf(frame?.fields[5])).toEqual(['total', 'main', 'json.Marshal', 'serve']);
    });

    test('heatmaps and single profiles come as Grafana draws them', async () => {
      const queries = [
        query('map', { queryType: 'heatmap' }),
        query('one', { queryType: 'exemplars', limit: 2 }),
        query('marks', { queryType: 'metrics', exemplarsOf: 'profiles' }),
      ];
      const { map, one, marks } = (await ask({ command, address, ...withToken, queries })).responses;
      expect(map?.frames[0]?.meta).toMatchObject({ type: 'heatmap-cells' });
      expect(map?.frames[0]?.fields.map((field) => field.name)).toEqual(['xMax', 'yMin', 'yMax', 'count']);
      expect(map?.frames[0]?.fields[3]?.values).toEqual([1, 1, 1, 1, 1, 1]);
      const [, value, profile] = one?.frames[0]?.fields ?? [];
      expect(value?.values).toEqual([10.5e9, 10.5e9]);
      expect(profile?.values).toEqual(Array(2).fill(expect.stringMatching(/^[0-9a-f]{8}-/)));
      expect(profile?.config).toMatchObject({
        links: [{ internal: { datasourceUid: 'pyrolens1', query: { profileIdSelector: ['${__value.raw}'] } } }],
      });
      expect(marks?.frames.map(({ name, meta }) => [name, (meta as { dataTopic?: string }).dataTopic])).toEqual([
        ['process_cpu / cpu', undefined],
        ['exemplar', 'annotations'],
      ]);
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
  const queries = [
    query('A', { queryType: 'metrics', groupBy: ['pod'] }),
    query('B', { queryType: 'functionShare', functions: ['json'] }),
    query('C', { queryType: 'topFunctions' }),
  ];
  const asking = { command, address, ...withToken, queries };
  const { notAlertable, ping } = await askInGo(goPath, { ...asking, headers: { FromAlert: 'true' } });
  expect(ping).toBe('');
  expect(notAlertable).toEqual({ A: ['', ''], B: [''], C: ['', '', ''] });
  const { notAlertable: ofPanels } = await askInGo(goPath, {
    ...asking,
    queries: [query('D', { queryType: 'profile' })],
  });
  expect(ofPanels).toEqual({ D: ['no type of version 0.1'] });
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

const rounded = (field: ReadField | undefined): readonly number[] | undefined =>
  field?.values.map((value) => Number(Number(value).toFixed(6)));

function textsOf(field: { readonly config: unknown; readonly values: readonly unknown[] } | undefined): unknown {
  const config = field?.config as { readonly type?: { readonly enum?: { readonly text?: readonly string[] } } };
  return field?.values.map((value) => config.type?.enum?.text?.[Number(value)]);
}
