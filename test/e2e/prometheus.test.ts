/**
 * Prometheus' API as Grafana asks it: its data source, its pickers, its health check and its alert rules.
 *
 * Source: requests of grafana/grafana 12.3, pkg/promlib/client and models (forms, how times are written) and
 *         pkg/services/ngalert/eval (headers of rules).
 */
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { Answer, TestServer, TestServerOptions } from '../testServer.ts';

/** A point of the grid, half an hour ago. */
const start = Math.floor((Date.now() - 1_800_000) / 15_000) * 15_000;
const seconds = (millis: number): string => String(millis / 1_000);
const samples = (count: number): number => count * 10_000_000;
const cpuType = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const ofRule = {
  'user-agent': 'Grafana/12.3.3',
  fromalert: 'true',
  'x-cache-skip': 'true',
  'http_x-rule-name': 'json%20is%20hot',
  'x-grafana-org-id': '1',
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const pod of ['a', 'b']) {
    for (let i = 0; i < 4; i++) await push(server, pod, start + i * 15_000, 30 + 10 * i);
  }
});
afterAll(() => server.close());

/** A profile of 100 samples in 15 s, so many of them in json. */
async function push(to: TestServer, pod: string, timeMillis: number, inJson: number, headers = {}): Promise<void> {
  const profile = foldedPprof({
    folded: [`main;json ${samples(inJson)}`, `main ${samples(100 - inJson)}`],
    timeNanos: BigInt(timeMillis) * 1_000_000n,
  });
  const message = pushMessage({ __name__: 'process_cpu', service_name: 'shop', pod, 'k8s.node': 'n1' }, profile);
  expect((await call(to.url, 'push.v1.PusherService/Push', message, headers)).status).toBe(200);
}

async function post(path: string, form: Record<string, string>, headers = {}, to = server): Promise<Answer> {
  const body = new URLSearchParams(form);
  return readAnswer(await fetch(`${to.url}/prometheus/api/v1/${path}`, { method: 'POST', body, headers }));
}

async function get(path: string, query: readonly (readonly [string, string])[] = [], headers = {}): Promise<Answer> {
  const asked = new URLSearchParams(query.map(([name, value]) => [name, value]));
  return readAnswer(await fetch(`${server.url}/prometheus/api/v1/${path}?${asked.toString()}`, { headers }));
}

const success = (data: unknown) => ({ status: 200, json: { status: 'success', data } });
const labels = { service_name: 'shop', k8s_node: 'n1', profile_type: cpuType };
const share = 'pyrolens_function_share{service_name="shop",function="json",mode="self"}';

test('a rule asks for a moment', async () => {
  const answer = await post(
    'query',
    { query: `avg by (service_name) (${share})`, time: seconds(start + 31_000) },
    ofRule,
  );
  const result = [{ metric: { service_name: 'shop' }, value: [(start + 31_000) / 1_000, '0.5'] }];
  expect(answer).toMatchObject(success({ resultType: 'vector', result }));
});

test('a panel asks for a range, by POST and by GET', async () => {
  const form = { query: share, start: seconds(start), end: seconds(start + 45_000), step: '15' };
  const values = [0.3, 0.4, 0.5, 0.6].map((value, i) => [start / 1_000 + 15 * i, String(value)]);
  const metric = (pod: string) => ({
    ...labels,
    __name__: 'pyrolens_function_share',
    pod,
    function: 'json',
    mode: 'self',
  });
  const result = ['a', 'b'].map((pod) => ({ metric: metric(pod), values }));
  const wanted = success({ resultType: 'matrix', result });
  expect(await post('query_range', form)).toMatchObject(wanted);
  expect(await get('query_range', Object.entries(form))).toMatchObject(wanted);
});

test('rates are cores', async () => {
  const answer = await post('query', { query: 'sum(pyrolens_profile_rate)', time: seconds(start) });
  const [sum] = (answer.json as { data: { result: { value: [number, string] }[] } }).data.result;
  // Two pods with 100 samples of 10 ms in 15 s.
  expect(Number(sum?.value[1])).toBeCloseTo(2 / 15, 9);
});

test('the health check of the data source passes', async () => {
  const time = seconds(start);
  expect(await post('query', { query: '1+1', time })).toMatchObject(
    success({ resultType: 'scalar', result: [start / 1_000, '2'] }),
  );
  const range = await post('query_range', { query: '1+1', start: time, end: time, step: '1' });
  expect(range).toMatchObject(
    success({ resultType: 'matrix', result: [{ metric: {}, values: [[start / 1_000, '2']] }] }),
  );
});

test('the pickers find metrics, labels, their values and functions', async () => {
  const during = [
    ['start', seconds(start - 60_000)],
    ['end', seconds(start + 600_000)],
  ] as const;
  expect(await get('labels', during)).toMatchObject(
    success(['__name__', 'function', 'k8s_node', 'mode', 'pod', 'profile_type', 'service_name']),
  );
  const selector = ['match[]', '{__name__="pyrolens_profile_rate"}'] as const;
  expect(await post('labels', { 'match[]': 'pyrolens_profile_rate' })).toMatchObject(
    success(['__name__', 'k8s_node', 'pod', 'profile_type', 'service_name']),
  );
  expect(await get('label/__name__/values')).toMatchObject(
    success([
      'pyrolens_function_rate',
      'pyrolens_function_share',
      'pyrolens_function_share_high',
      'pyrolens_function_share_low',
      'pyrolens_profile_rate',
    ]),
  );
  expect(await get('label/pod/values', [selector, ...during])).toMatchObject(success(['a', 'b']));
  expect(await get('label/function/values', [['match[]', 'pyrolens_function_share{pod="a"}']])).toMatchObject(
    success(['json', 'main']),
  );
  expect(
    await get('label/function/values', [['match[]', 'pyrolens_function_share{function=~"j.*"}'], ...during]),
  ).toMatchObject(success(['json']));
  expect(await get('label/profile_type/values')).toMatchObject(success([cpuType]));
  expect(await get('label/mode/values')).toMatchObject(success(['self', 'total']));
  expect(await get('label/nobody/values')).toMatchObject(success([]));
  expect(await get('series', [['match[]', 'pyrolens_profile_rate{pod="a"}'], ...during])).toMatchObject(
    success([{ ...labels, __name__: 'pyrolens_profile_rate', pod: 'a' }]),
  );
  expect(await post('series', { 'match[]': 'pyrolens_function_share{pod="a",mode="self"}' })).toMatchObject(
    success([{ ...labels, __name__: 'pyrolens_function_share', pod: 'a', mode: 'self' }]),
  );
});

test('a limit cuts, and a warning says so', async () => {
  const answer = await get('label/pod/values', [['limit', '1']]);
  expect(answer.json).toEqual({ status: 'success', data: ['a'], warnings: ['results truncated due to limit'] });
});

test('metadata, version, rules, alerts and exemplars are what Grafana expects', async () => {
  const metadata = (await get('metadata')).json as { data: Record<string, { type: string; help: string }[]> };
  expect(Object.keys(metadata.data)).toContain('pyrolens_function_share');
  expect(metadata.data.pyrolens_function_share).toEqual([
    { type: 'gauge', help: expect.stringContaining('A function’s value over') as string, unit: 'ratio' },
  ]);
  expect(Object.keys((await get('metadata', [['limit', '1']])).json as object)).toEqual(['status', 'data']);
  expect(await get('status/buildinfo')).toMatchObject({
    json: { status: 'success', data: { version: '2.42.0', revision: 'pyrolens-test-test' } },
  });
  expect(await get('rules', [['type', 'alert']])).toMatchObject(success({ groups: [] }));
  expect(await get('alerts')).toMatchObject(success({ alerts: [] }));
  const exemplars = await post('query_exemplars', { query: share, start: seconds(start), end: seconds(start) });
  expect(exemplars).toMatchObject(success([]));
});

for (const [path, form, status, errorType, message] of [
  ['query', { query: 'sum(' }, 400, 'bad_data', 'invalid parameter "query": 1:5: parse error: unexpected end of input'],
  ['query', {}, 400, 'bad_data', 'invalid parameter "query": 1:1: parse error: no expression found in input'],
  ['query', { query: '1', time: 'noon' }, 400, 'bad_data', 'invalid parameter "time": cannot parse "noon"'],
  ['query', { query: '1', timeout: 'x' }, 400, 'bad_data', 'invalid parameter "timeout": cannot parse "x"'],
  ['query', { query: '1', time: '1e300' }, 400, 'bad_data', 'cannot parse "1e300" to a valid timestamp'],
  [
    'query',
    { query: 'histogram_quantile(0.9, x)' },
    422,
    'execution',
    'function histogram_quantile is not supported: there are no histograms here',
  ],
  ['query', { query: 'pyrolens_function_share' }, 400, 'bad_data', 'has a series for every function: say which'],
  [
    'query',
    { query: 'pyrolens_profile_rate * on() pyrolens_profile_rate', time: seconds(start) },
    422,
    'execution',
    'many-to-many matching not allowed',
  ],
  ['query_range', { query: '1' }, 400, 'bad_data', 'invalid parameter "start": cannot parse "" to a valid timestamp'],
  ['query_range', { query: '1', start: '2', end: '1', step: '1' }, 400, 'bad_data', 'invalid parameter "end": end'],
  ['query_range', { query: '1', start: '1', end: '2', step: '0' }, 400, 'bad_data', 'invalid parameter "step": zero'],
  ['query_range', { query: '1', start: '1', end: '2', step: 'x' }, 400, 'bad_data', 'invalid parameter "step": cannot'],
  [
    'query_range',
    { query: '1', start: '0', end: '11001', step: '1' },
    400,
    'bad_data',
    'exceeded maximum resolution of 11,000 points per timeseries',
  ],
  [
    'query_range',
    { query: 'up[5m]', start: '0', end: '1', step: '1' },
    400,
    'bad_data',
    'invalid expression type "range vector" for range query',
  ],
  ['series', {}, 400, 'bad_data', 'no match[] parameter provided'],
  ['series', { 'match[]': 'sum(up)' }, 400, 'bad_data', 'invalid parameter "match[]": "sum(up)" is no series selector'],
  ['labels', { 'match[]': '{' }, 400, 'bad_data', 'invalid parameter "match[]": 1:2: parse error'],
  ['labels', { start: '5', end: '4' }, 400, 'bad_data', 'end timestamp must not be before start time'],
  ['label/a-b/values', {}, 400, 'bad_data', 'invalid label name: "a-b"'],
  ['label/a', {}, 404, 'not_found', '404 page not found'],
] as const) {
  test(`${path} of ${JSON.stringify(form)} is ${status} ${errorType}: ${message}`, async () => {
    const answer = await post(path, form);
    expect(answer).toMatchObject({
      status,
      contentType: 'application/json',
      json: { status: 'error', errorType, error: expect.stringContaining(message) as string },
    });
  });
}

test('a range longer than may be asked for is refused', async () => {
  await withServer({ limits: { queryLengthMillis: 60_000 } }, async (short) => {
    const form = { query: '1', start: '0', end: '61', step: '1' };
    const answer = await post('query_range', form, {}, short);
    expect(answer).toMatchObject({ status: 422, json: { errorType: 'execution' } });
  });
});

test('the token is asked for, whatever the path, and the form of the answer stays', async () => {
  await withServer({ token: 'secret' }, async (closed) => {
    for (const path of ['query', 'labels', 'label/pod/values', 'status/buildinfo', 'rules']) {
      const refused = await post(path, { query: '1' }, {}, closed);
      expect(refused).toMatchObject({ status: 401, json: { status: 'error', errorType: 'unauthorized' } });
      const taken = await post(path, { query: '1' }, { authorization: 'Bearer secret' }, closed);
      expect(taken.status).toBe(200);
    }
  });
});

test('a tenant sees its own profiles, and who names none is told', async () => {
  await withServer({ multitenancy: true }, async (shared) => {
    await push(shared, 'mine', start, 10, { 'x-scope-orgid': 'one' });
    await push(shared, 'yours', start, 20, { 'x-scope-orgid': 'two' });
    const pods = async (tenants: string) =>
      ((await post('label/pod/values', {}, { 'x-scope-orgid': tenants }, shared)).json as { data: unknown }).data;
    expect(await pods('one')).toEqual(['mine']);
    expect(await pods('one|two')).toEqual(['mine', 'yours']);
    const form = { query: `sum(${share})`, time: seconds(start) };
    const both = await post('query', form, { 'x-scope-orgid': 'one|two' }, shared);
    expect(both.text).toMatch(/"0\.3\d*"/);
    expect(await post('query', form, {}, shared)).toMatchObject({ status: 401, json: { errorType: 'unauthorized' } });
  });
});

test('other methods are not taken', async () => {
  const answer = await fetch(`${server.url}/prometheus/api/v1/query`, { method: 'PUT' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

/** As Grafana's evaluator has it: for so long above, then firing. */
function alertStates(isAbove: readonly boolean[], evaluationsUntilFiring: number): readonly string[] {
  let above = 0;
  return isAbove.map((now) => {
    above = now ? above + 1 : 0;
    return above === 0 ? 'normal' : above <= evaluationsUntilFiring ? 'pending' : 'firing';
  });
}

test('on disk, a rule goes pending, firing and back while profiles come in', async () => {
  await withServer({ store: 'chdb' }, async (disk) => {
    const rule = `avg by (service_name) (avg_over_time(${share}[1m])) > 0.15`;
    const isAbove: boolean[] = [];
    // Quiet for a minute, hot for three, quiet for two; asked every 10 s, each time with what has come so far.
    for (let at = 0; at < 360; at += 5) {
      const inJson = at >= 60 && at < 240 ? 40 : 5;
      if (at % 15 === 0) for (const pod of ['a', 'b']) await push(disk, pod, start + at * 1_000, inJson);
      if (at % 10 !== 0) continue;
      const form = { query: rule, time: seconds(start + at * 1_000) };
      const answer = await post('query', form, ofRule, disk);
      expect(answer.status).toBe(200);
      isAbove.push((answer.json as { data: { result: unknown[] } }).data.result.length > 0);
    }
    const states = alertStates(isAbove, 6);
    const order = states.filter((state, i) => state !== states[i - 1]);
    expect(order).toEqual(['normal', 'pending', 'firing', 'normal']);
  });
});

async function withServer(options: TestServerOptions, use: (other: TestServer) => Promise<void>): Promise<void> {
  const other = await startTestServer(options);
  try {
    await use(other);
  } finally {
    await other.close();
  }
}
