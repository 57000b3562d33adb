/** GET /api/v1/top and /api/v1/function, and the headers that stack filters and estimates travel in. */
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { TestServer } from '../testServer.ts';

const cpuType = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const base = Date.now() - 300_000;
const hour = 3_600_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { rejectOlderThanMillis: Infinity } });
  const push = (pod: string, millis: number, ...folded: readonly string[]) =>
    call(
      server.url,
      'push.v1.PusherService/Push',
      pushMessage(
        { __name__: 'process_cpu', service_name: 'shop', pod },
        foldedPprof({ folded, timeNanos: BigInt(millis) * 1_000_000n }),
      ),
    );
  await push('one', base, 'main;work;parse 6', 'main;work;work;parse 1', 'main;idle 3');
  await push('two', base + 120_000, 'main;work;send 8', 'main;parse 2');
  await push('one', base - 24 * hour, 'main;work;parse 1', 'main;gone 9');
});
afterAll(() => server.close());

async function get(path: string, parameters: Readonly<Record<string, string | readonly string[]>>) {
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
  );
  return readAnswer(await fetch(`${server.url}${path}?${query}`));
}

const range = { from: `${base - 60_000}`, until: `${base + 240_000}` };
const shop = { query: `${cpuType}:delta{service_name="shop"}`, ...range };
const exact = { exact: true, sampledFraction: 1, errorBound: 0 };
const share = (self: number, total: number, whole = 20) => ({
  self: `${self}`,
  total: `${total}`,
  selfShare: self / whole,
  totalShare: total / whole,
  shareError: 0,
});

test('functions come by total, a recursion counts once', async () => {
  expect(await get('/api/v1/top', { ...shop, limit: '3' })).toMatchObject({
    status: 200,
    json: {
      profileType: cpuType,
      unit: 'nanoseconds',
      from: base - 60_000,
      until: base + 240_000,
      groupsLeftOut: 0,
      groups: [
        {
          labels: {},
          total: '20',
          matchedShare: 1,
          estimate: exact,
          functions: [
            { name: 'main', ...share(0, 20) },
            { name: 'work', ...share(0, 15) },
            { name: 'parse', ...share(9, 9) },
          ],
        },
      ],
    },
  });
});

test('by self, in groups, the largest group first', async () => {
  const { json } = await get('/api/v1/top', { ...shop, by: 'self', limit: '1', groupBy: 'pod' });
  expect(json).toMatchObject({
    groups: [
      { labels: { pod: 'one' }, total: '10', functions: [{ name: 'parse', ...share(7, 7, 10) }] },
      { labels: { pod: 'two' }, total: '10', functions: [{ name: 'send', ...share(8, 8, 10) }] },
    ],
  });
});

test('against an earlier time, what is gone is told as well', async () => {
  const { json } = await get('/api/v1/top', { ...shop, offset: '1d', limit: '4' });
  expect(json).toMatchObject({
    groups: [
      {
        total: '20',
        totalBefore: '10',
        functions: [
          { name: 'main', total: '20', before: share(0, 10, 10), delta: 0 },
          { name: 'work', total: '15', before: share(0, 1, 10), delta: 15 / 20 - 1 / 10 },
          { name: 'gone', total: '0', before: share(9, 9, 10), delta: -0.9 },
          { name: 'parse', total: '9', before: share(1, 1, 10), delta: 9 / 20 - 1 / 10 },
        ],
      },
    ],
  });
});

test('so many groups are answered as are asked for, the largest first, and the rest is counted', async () => {
  const { json } = await get('/api/v1/top', { ...shop, groupBy: 'pod', groups: '1', limit: '1' });
  expect(json).toMatchObject({ groups: [{ labels: { pod: 'one' } }], groupsLeftOut: 1 });
});

test('stack filters leave a part and say how large it is', async () => {
  const { json } = await get('/api/v1/top', { ...shop, focus: '^work$', drop: 'send', limit: '2' });
  expect(json).toMatchObject({
    groups: [
      {
        total: '7',
        matchedShare: 7 / 20,
        functions: [
          { name: 'parse', ...share(7, 7, 7) },
          { name: 'work', ...share(0, 7, 7) },
        ],
      },
    ],
  });
});

test('a function has callers, callees and a share over time', async () => {
  const { status, json } = await get('/api/v1/function', { ...shop, name: 'work', points: '5' });
  expect({ status, json }).toEqual({
    status: 200,
    json: {
      profileType: cpuType,
      unit: 'nanoseconds',
      from: base - 60_000,
      until: base + 240_000,
      name: 'work',
      self: '0',
      total: '15',
      whole: '20',
      selfShare: 0,
      totalShare: 0.75,
      matchedShare: 1,
      estimate: exact,
      callers: [{ name: 'main', total: '15', share: 0.75 }],
      callees: [
        { name: 'send', total: '8', share: 0.4 },
        { name: 'parse', total: '7', share: 0.35 },
        { name: 'work', total: '1', share: 0.05 },
      ],
      series: [
        { time: base, total: '7', whole: '10', share: 0.7 },
        { time: base + 120_000, total: '8', whole: '10', share: 0.8 },
      ],
    },
  });
  expect((await get('/api/v1/function', { ...shop, name: 'main' })).json).toMatchObject({
    callers: [{ name: '', total: '20', share: 1 }],
  });
});

test('what cannot be read is refused, and a function that nobody knows is not found', async () => {
  const wrong: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
    ['/api/v1/top', {}, 400, /query is missing/],
    ['/api/v1/top', { ...shop, query: 'cpu' }, 400, /profile-type selection/],
    ['/api/v1/top', { ...shop, query: `${cpuType}{` }, 400, /label selector/],
    ['/api/v1/top', { ...shop, from: 'yesterday' }, 400, /not a time/],
    ['/api/v1/top', { ...shop, limit: '0' }, 400, /limit is 0/],
    ['/api/v1/top', { ...shop, limit: 'x' }, 400, /limit: expected/],
    ['/api/v1/top', { ...shop, groups: '501' }, 400, /groups is 501: it goes from 1 to 500/],
    ['/api/v1/top', { ...shop, by: 'name' }, 400, /by: expected/],
    ['/api/v1/top', { ...shop, offset: '-1d' }, 400, /offset: expected/],
    ['/api/v1/top', { ...shop, keep: '(' }, 400, /regular expression/],
    ['/api/v1/top', { ...shop, sample: '1.5' }, 400, /sample: expected/],
    ['/api/v1/function', shop, 400, /name is missing/],
    ['/api/v1/function', { ...shop, name: 'nobody' }, 404, /no stack has the function .{2}nobody/],
  ];
  for (const [path, parameters, status, message] of wrong) {
    const answer = await get(path, parameters);
    expect([path, answer.status, answer.text]).toEqual([path, status, expect.stringMatching(message)]);
  }
});

async function stacktraces(headers: Record<string, string>, message: object = {}) {
  const response = await fetch(`${server.url}/querier.v1.QuerierService/SelectMergeStacktraces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      profileTypeID: cpuType,
      labelSelector: '{service_name="shop"}',
      start: base - 60_000,
      end: base + 240_000,
      ...message,
    }),
  });
  return {
    status: response.status,
    estimate: response.headers.get('pyrolens-estimate'),
    matched: response.headers.get('pyrolens-matched-share'),
    json: (await response.json()) as unknown,
  };
}

test('flame graphs say that they are exact, and take stack filters from a header', async () => {
  expect(await stacktraces({})).toMatchObject({ status: 200, estimate: 'exact', matched: null });
  expect(await stacktraces({ 'pyrolens-stack-filter': 'focus=%5Ework%24&drop=send' })).toMatchObject({
    estimate: 'exact',
    matched: '0.35',
    json: { flamegraph: { total: '7', names: ['total', 'work', 'parse'] } },
  });
  expect(await stacktraces({ 'pyrolens-stack-filter': 'keep=send' }, { format: 'PROFILE_FORMAT_PPROF' })).toMatchObject(
    {
      matched: '0.4',
      json: { pprof: { profile: { sample: [{ value: ['8'] }] } } },
    },
  );
});

test('a sample is scaled to the whole and tells its share and error', async () => {
  const { status, estimate } = await stacktraces({ 'pyrolens-sample': '0.5' });
  expect(status).toBe(200);
  expect(estimate).toMatch(/^fraction=0\.5;bound=(0|1|0\.\d+)$/);
});

test('each bar of an estimate says how far off it may be when it is asked to, and nothing changes when it is not', async () => {
  interface Graph {
    readonly flamegraph: {
      readonly levels: readonly { readonly values: readonly string[] }[];
      readonly frameErrors?: readonly { readonly values: readonly number[] }[];
    };
  }
  const sample = { 'pyrolens-sample': '0.5' };
  const plain = (await stacktraces(sample)).json as Graph;
  const { json, estimate } = await stacktraces({ ...sample, 'pyrolens-frame-errors': 'on' });
  const { frameErrors = [], ...graph } = (json as Graph).flamegraph;
  expect({ flamegraph: graph }).toEqual(plain);
  expect(frameErrors.map(({ values }) => values.length)).toEqual(graph.levels.map(({ values }) => values.length / 4));
  const bounds = frameErrors.flatMap(({ values }) => values);
  expect(bounds[0]).toBe(0);
  const largest = Number(/bound=(.*)/.exec(estimate ?? '')?.[1]);
  for (const bound of bounds) expect(bound >= 0 && bound <= largest * 1.001).toBe(true);
  const exact = (await stacktraces({ 'pyrolens-frame-errors': 'on' })).json as Graph;
  expect(exact.flamegraph.frameErrors).toBeUndefined();
});

test('series and heatmaps are exact, and say so; they have no stacks to filter', async () => {
  const ask = (method: string, headers: Record<string, string>) =>
    fetch(`${server.url}/querier.v1.QuerierService/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'pyrolens-sample': '0.1', ...headers },
      body: JSON.stringify({
        profileTypeID: cpuType,
        labelSelector: '{service_name="shop"}',
        start: base - 60_000,
        end: base + 240_000,
        step: 15,
        ...(method === 'SelectHeatmap' && { queryType: 'HEATMAP_QUERY_TYPE_INDIVIDUAL' }),
      }),
    });
  for (const method of ['SelectSeries', 'SelectHeatmap']) {
    const exact = await ask(method, {});
    expect([exact.status, exact.headers.get('pyrolens-estimate')]).toEqual([200, 'exact']);
    expect((await ask(method, { 'pyrolens-stack-filter': 'keep=a' })).status).toBe(501);
  }
});

test('headers that cannot be read are refused', async () => {
  for (const [name, value] of [
    ['pyrolens-sample', 'some'],
    ['pyrolens-stack-filter', 'kept=a'],
    ['pyrolens-stack-filter', 'keep=('],
    ['pyrolens-frame-errors', 'yes'],
  ] as const) {
    expect(await stacktraces({ [name]: value })).toMatchObject({ status: 400, json: { code: 'invalid_argument' } });
  }
  expect(await stacktraces({ 'pyrolens-stack-filter': 'hide=a' }, { format: 'PROFILE_FORMAT_PPROF' })).toMatchObject({
    status: 501,
    json: { code: 'unimplemented' },
  });
});

test('a subtree has room for all of its nodes', async () => {
  const stackTraceSelector = { callSite: [{ name: 'main' }, { name: 'work' }] };
  const whole = await stacktraces({}, { maxNodes: 3 });
  expect(JSON.stringify(whole.json)).toContain('"other"');
  const drilled = await stacktraces({}, { stackTraceSelector, maxNodes: 6 });
  expect(drilled.json).toMatchObject({ flamegraph: { total: '15' } });
  expect(JSON.stringify(drilled.json)).not.toContain('"other"');
});
