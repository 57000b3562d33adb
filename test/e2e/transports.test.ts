/** The same questions through Connect with JSON, Connect with protobuf, gRPC and gRPC-Web: equal answers. */
import { connect } from 'node:http2';
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { ProfileSchema } from '../../backend/wire/pyroscope/gen/google/v1/profile_pb.js';
import {
  AnalyzeQueryResponseSchema,
  AsyncQueryStatus,
  AsyncQueryType,
  DiffResponseSchema,
  FunctionTreeDirection,
  FunctionTreeSelection,
  HeatmapQueryType,
  ProfileFormat,
  ProfileTypesResponseSchema,
  QuerierService,
  SelectHeatmapResponseSchema,
  SelectMergeSpanProfileResponseSchema,
  SelectMergeStacktracesResponseSchema,
  SelectSeriesResponseSchema,
  SeriesResponseSchema,
} from '../../backend/wire/pyroscope/gen/querier/v1/querier_pb.js';
import type { SelectMergeStacktracesRequestSchema } from '../../backend/wire/pyroscope/gen/querier/v1/querier_pb.js';
import {
  ExemplarType,
  GetProfileStatsResponseSchema,
  LabelNamesResponseSchema,
  LabelValuesResponseSchema,
} from '../../backend/wire/pyroscope/gen/types/v1/types_pb.js';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

const now = Math.floor(Date.now() / 1_000) * 1_000;
const range = { start: BigInt(now - 60_000), end: BigInt(now + 60_000) };
const selection = {
  profileTypeID: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="shop"}',
  ...range,
};

let server: TestServer;
let transports: readonly (readonly [name: string, transport: Transport])[];

beforeAll(async () => {
  server = await startTestServer({ limits: { asyncQuestions: 3 } });
  const baseUrl = server.url;
  transports = [
    ['Connect with JSON', createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false })],
    ['Connect with protobuf', createConnectTransport({ baseUrl, httpVersion: '1.1' })],
    ['Connect over HTTP/2', createConnectTransport({ baseUrl, httpVersion: '2' })],
    ['gRPC', createGrpcTransport({ baseUrl })],
    ['gRPC with JSON', createGrpcTransport({ baseUrl, useBinaryFormat: false })],
    ['gRPC-Web', createGrpcWebTransport({ baseUrl, httpVersion: '1.1' })],
    ['gRPC-Web with JSON', createGrpcWebTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false })],
  ];
  for (const [pod, folded] of [
    ['a', ['main;serve;"q" 9007199254740993', 'main;serve 4', 'main 2']],
    ['b', ['main;serve;"q" 7', 'main;other 8', 'ünï;x 16']],
  ] as const) {
    const labels = { __name__: 'process_cpu', service_name: 'shop', pod };
    const profile = foldedPprof({ folded, timeNanos: BigInt(now) * 1_000_000n });
    const answer = await call(server.url, 'push.v1.PusherService/Push', pushMessage(labels, profile));
    expect(answer.status).toBe(200);
  }
});
afterAll(() => server.close());

type Querier = Client<typeof QuerierService>;

interface Question {
  readonly name: string;
  /** As JSON, so that answers of different makers compare; undefined: it must be refused. */
  readonly ask: (client: Querier) => Promise<unknown>;
}

function question<Desc extends DescMessage>(
  name: string,
  schema: Desc,
  ask: (client: Querier) => Promise<MessageShape<Desc>>,
): Question {
  return { name, ask: async (client) => toJson(schema, await ask(client)) };
}

const merge = (name: string, more: MessageInitShape<typeof SelectMergeStacktracesRequestSchema>): Question =>
  question(`SelectMergeStacktraces ${name}`, SelectMergeStacktracesResponseSchema, (client) =>
    client.selectMergeStacktraces({ ...selection, ...more }),
  );

const side = (pod: string) => ({ ...selection, labelSelector: `{service_name="shop",pod="${pod}"}` });

const questions: readonly Question[] = [
  question('ProfileTypes', ProfileTypesResponseSchema, (client) => client.profileTypes(range)),
  question('LabelNames', LabelNamesResponseSchema, (client) => client.labelNames(range)),
  question('LabelValues', LabelValuesResponseSchema, (client) => client.labelValues({ name: 'pod', ...range })),
  question('Series', SeriesResponseSchema, (client) => client.series(range)),
  question('GetProfileStats', GetProfileStatsResponseSchema, (client) => client.getProfileStats({})),
  merge('as a flame graph', {}),
  merge('cut to one node', { maxNodes: 1n }),
  merge('about nothing', { labelSelector: '{service_name="nobody"}' }),
  merge('as tree bytes', { format: ProfileFormat.TREE }),
  merge('as pprof', { format: ProfileFormat.PPROF }),
  merge('as pprof about nothing', { format: ProfileFormat.PPROF, labelSelector: '{service_name="nobody"}' }),
  merge('as DOT', { format: ProfileFormat.DOT }),
  merge('below a call site', { stackTraceSelector: { callSite: [{ name: 'main' }, { name: 'serve' }] } }),
  merge('as a table of functions', { format: ProfileFormat.FUNCTIONS, formatOptions: { functions: { limit: 2n } } }),
  merge('as a tree of functions', {
    format: ProfileFormat.FUNCTION_TREE,
    formatOptions: {
      functionTree: { selection: FunctionTreeSelection.FUNCTION_CHAIN, direction: FunctionTreeDirection.BOTH },
    },
    stackTraceSelector: { callSite: [{ name: 'serve' }] },
  }),
  merge('as a sandwich', { format: ProfileFormat.SANDWICH, sandwichFunction: 'serve' }),
  question('SelectMergeSpanProfile', SelectMergeSpanProfileResponseSchema, (client) =>
    client.selectMergeSpanProfile({ ...selection, spanSelector: ['00000000000000a1'] }),
  ),
  question('SelectMergeProfile', ProfileSchema, (client) => client.selectMergeProfile(selection)),
  question('SelectMergeProfile about nothing', ProfileSchema, (client) =>
    client.selectMergeProfile({ ...selection, labelSelector: '{service_name="nobody"}' }),
  ),
  question('SelectSeries', SelectSeriesResponseSchema, (client) =>
    client.selectSeries({ ...selection, step: 15, groupBy: ['pod'], exemplarType: ExemplarType.INDIVIDUAL }),
  ),
  question('SelectHeatmap', SelectHeatmapResponseSchema, (client) =>
    client.selectHeatmap({ ...selection, step: 15, queryType: HeatmapQueryType.INDIVIDUAL }),
  ),
  question('Diff', DiffResponseSchema, (client) => client.diff({ left: side('a'), right: side('b') })),
  question('Diff of functions', DiffResponseSchema, (client) =>
    client.diff({ left: { ...side('a'), format: ProfileFormat.FUNCTIONS }, right: side('b') }),
  ),
  question('AnalyzeQuery', AnalyzeQueryResponseSchema, (client) =>
    client.analyzeQuery({ ...range, query: '{service_name="shop"}' }),
  ),
];

test.each(questions)('$name is answered alike over every transport', async ({ ask }) => {
  const answers = new Map<string, unknown>();
  for (const [name, transport] of transports) answers.set(name, await ask(createClient(QuerierService, transport)));
  const expected = answers.get('Connect with JSON');
  expect(expected).toBeDefined();
  for (const [name, answer] of answers) expect({ name, answer }).toEqual({ name, answer: expected });
});

test('the answers are about what was pushed', async () => {
  for (const [, transport] of transports) {
    const client = createClient(QuerierService, transport);
    const { flamegraph } = await client.selectMergeStacktraces(selection);
    expect(flamegraph?.total).toBe(9007199254740993n + 4n + 2n + 7n + 8n + 16n);
    const profile = await client.selectMergeProfile(selection);
    expect(profile.sample.reduce((sum, { value }) => sum + (value[0] ?? 0n), 0n)).toBe(flamegraph?.total);
    const { flamegraph: diff } = await client.diff({ left: side('a'), right: side('b') });
    expect([diff?.leftTicks, diff?.rightTicks]).toEqual([9007199254740999n, 31n]);
    const { queryScopes } = await client.analyzeQuery({ ...range, query: selection.labelSelector });
    expect(queryScopes[0]).toMatchObject({ seriesCount: 2n, profileCount: 2n, sampleCount: 6n });
  }
});

test('what is refused is refused with the same code and text', async () => {
  const refused = (client: Querier) => [
    client.selectMergeStacktraces({ ...selection, maxNodes: 2_000_000n }),
    client.selectMergeStacktraces({ ...selection, spanSelector: ['a1'] }),
    client.selectMergeProfile({ ...selection, labelSelector: '{' }),
    client.diff({ left: side('a') }),
    client.selectHeatmap({ ...selection, step: 15 }),
    client.selectSeries({ ...selection, step: 0 }),
    client.selectMergeStacktraces({ ...selection, format: ProfileFormat.FUNCTIONS, maxNodes: 1n }),
    client.selectMergeStacktraces({ ...selection, format: ProfileFormat.FUNCTION_TREE }),
    client.selectMergeStacktraces({ ...selection, format: ProfileFormat.SANDWICH }),
    client.diff({
      left: { ...side('a'), format: ProfileFormat.FUNCTIONS },
      right: { ...side('b'), profileTypeID: 'memory:a:b:c:d' },
    }),
  ];
  const seen = new Set<string>();
  for (const [, transport] of transports) {
    const results = await Promise.allSettled(refused(createClient(QuerierService, transport)));
    const errors = results.map((result) =>
      ConnectError.from(result.status === 'rejected' ? result.reason : 'answered'),
    );
    for (const { code } of errors) expect(code).toBe(Code.InvalidArgument);
    seen.add(errors.map(({ message }) => message).join('\n'));
  }
  expect(seen.size).toBe(1);
});

test('functions are asked for and told in the names that Drilldown sends and reads', async () => {
  const ask = (message: object) => call(server.url, 'querier.v1.QuerierService/SelectMergeStacktraces', message);
  const asked = { ...selection, start: now - 60_000, end: now + 60_000 };
  const table = await ask({
    ...asked,
    format: 'PROFILE_FORMAT_FUNCTIONS',
    formatOptions: { functions: { limit: '2' } },
  });
  expect(table.json).toEqual({
    functions: {
      functions: [
        { name: '"q"', total: '9007199254741000', self: '9007199254741000' },
        { name: 'x', total: '16', self: '16' },
      ],
      total: '9007199254741030',
      totalFunctions: '6',
    },
  });
  const tree = await ask({
    ...asked,
    labelSelector: '{pod="a"}',
    format: 'PROFILE_FORMAT_FUNCTION_TREE',
    formatOptions: {
      functionTree: {
        selection: 'FUNCTION_TREE_SELECTION_ROOT_PATH',
        direction: 'FUNCTION_TREE_DIRECTION_CALLEES',
        maxDepth: 1,
      },
    },
    stackTraceSelector: { callSite: [{ name: 'main' }] },
  });
  const children = [{ name: 'serve', total: '9007199254740997', self: '4', hasChildren: true }];
  expect(tree.json).toEqual({
    functionTree: {
      callees: { root: { name: 'main', total: '9007199254740999', self: '2', children, hasChildren: true } },
    },
  });
  const layers = await ask({ ...asked, format: 'PROFILE_FORMAT_SANDWICH', sandwichFunction: 'other', maxNodes: 16384 });
  expect(layers.json).toEqual({
    sandwich: {
      names: ['other', 'main'],
      callers: { total: '8', self: '8', children: [{ nameIndex: 1, total: '8' }] },
      callees: { total: '8', self: '8' },
      total: '8',
      self: '8',
    },
  });
  const { json } = await call(server.url, 'capabilities.v1.FeatureFlagsService/GetFeatureFlags', {});
  expect(json).toMatchObject({
    featureFlags: expect.arrayContaining([
      expect.objectContaining({ name: 'functionProjections', enabled: true }),
    ]) as unknown,
  });
});

test('a question goes on in the background and its answer is fetched later', async () => {
  for (const [, transport] of transports) {
    const client = createClient(QuerierService, transport);
    const begun = await client.selectMergeStacktraces({ ...selection, async: { type: AsyncQueryType.FORCE } });
    expect([begun.async?.status, begun.flamegraph]).toEqual([AsyncQueryStatus.IN_PROGRESS, undefined]);
    const requestId = begun.async?.requestId ?? '';
    let answer = begun;
    while (answer.async?.status === AsyncQueryStatus.IN_PROGRESS) {
      answer = await client.selectMergeStacktraces({ async: { requestId } });
    }
    expect(answer.async?.status).toBe(AsyncQueryStatus.SUCCESS);
    expect(answer.flamegraph).toEqual((await client.selectMergeStacktraces(selection)).flamegraph);
    await expect(client.selectMergeStacktraces({ async: { requestId: 'nobody' } })).rejects.toMatchObject({
      code: Code.NotFound,
    });
  }
});

test('render, render-diff and label-values are answered over HTTP/1.1 and HTTP/2; other methods and half queries are not', async () => {
  const query = encodeURIComponent(`${selection.profileTypeID}${selection.labelSelector}`);
  const times = (prefix: string): string => {
    const [from, until] = prefix === '' ? ['from', 'until'] : [`${prefix}From`, `${prefix}Until`];
    return `${from}=${now - 60_000}&${until}=${now + 60_000}`;
  };
  const get = (path: string, method = 'GET') => fetch(`${server.url}/pyroscope/${path}`, { method });
  const total = 9007199254740993n + 4n + 2n + 7n + 8n + 16n;
  const json = await get(`render?query=${query}&${times('')}&groupBy=pod`);
  expect([json.status, json.headers.get('content-type')]).toEqual([200, 'application/json']);
  const text = await json.text();
  expect(text).toContain(`"numTicks":${total}`);
  expect(Object.keys((JSON.parse(text) as { groups: object }).groups).sort()).toEqual(['a', 'b']);
  expect(await http2Get(`/pyroscope/render?query=${query}&${times('')}&groupBy=pod`)).toBe(text);
  // fetch asks for gzip by itself, and unpacks it; a longer range makes an answer long enough for it.
  const hour = await fetch(`${server.url}/pyroscope/render?query=${query}&from=${now - 7_200_000}&until=${now}`);
  expect([hour.headers.get('content-encoding'), await hour.json()]).toMatchObject(['gzip', { version: 1 }]);
  const plain = await fetch(hour.url, { headers: { 'accept-encoding': 'gzip;q=0' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  const dot = await get(`render?query=${query}&${times('')}&format=dot`);
  expect(await dot.text()).toMatch(/^digraph .*N2 -> N3 \[label=" 9007199.25s"/s);
  const diff = await get(`render-diff?leftQuery=${query}&rightQuery=${query}&${times('left')}&${times('right')}`);
  expect(await diff.json()).toMatchObject({ metadata: { format: 'double' }, leftTicks: Number(total) });
  expect(await (await get('label-values?label=pod')).json()).toEqual(['a', 'b']);
  for (const [path, method, status] of [
    [`render?query=${query}&from=0&until=0`, 'GET', 400],
    [`render?${times('')}`, 'GET', 400],
    [`render?query=${query}&${times('')}`, 'POST', 405],
    [`render-diff?leftQuery=${query}`, 'GET', 400],
    ['label-values', 'GET', 400],
  ] as const) {
    expect((await get(path, method)).status).toBe(status);
  }
});

async function http2Get(path: string): Promise<string> {
  const session = connect(server.url);
  try {
    const stream = session.request({ ':path': path });
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  } finally {
    session.close();
  }
}
