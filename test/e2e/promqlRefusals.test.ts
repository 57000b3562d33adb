/**
 * What PromQL is refused, over Prometheus' API and over the backend of the data source: each refusal has the status that a
 * Prometheus client expects, and names the limit, what was asked for, and the flag. What only finds nothing is no error.
 */
import { join } from 'node:path';
import type { Limits } from '../../backend/limits.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { projectRoot } from '../golden.ts';
import type { Answer, TestServer } from '../testServer.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { QueryResponse } from './pluginHost.ts';
import { startPlugin } from './pluginHost.ts';

/** A point of the grid, half an hour ago. */
const start = Math.floor((Date.now() - 1_800_000) / 15_000) * 15_000;
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const share = 'pyrolens_function_share{service_name="shop",function="json",mode="total"}';

async function withShop(limits: Partial<Limits>, use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer({ limits });
  try {
    for (const pod of ['a', 'b', 'c']) {
      for (const second of [0, 15]) {
        const timeNanos = BigInt(start + second * 1_000) * 1_000_000n;
        const profile = foldedPprof({
          folded: ['main;json 400000000', 'main;db 100000000', 'main 500000000'],
          timeNanos,
        });
        const message = pushMessage({ __name__: 'process_cpu', service_name: 'shop', pod }, profile);
        expect((await call(server.url, 'push.v1.PusherService/Push', message)).status).toBe(200);
      }
    }
    await use(server);
  } finally {
    await server.close();
  }
}

async function askRange({ url }: TestServer, query: string, more: Record<string, string> = {}): Promise<Answer> {
  const range = { start: String(start / 1_000), end: String(start / 1_000 + 300), step: '15' };
  const body = new URLSearchParams({ query, ...range, ...more });
  return readAnswer(await fetch(`${url}/prometheus/api/v1/query_range`, { method: 'POST', body }));
}

async function askPlugin(
  { port }: TestServer,
  functions: readonly string[],
  more: object = {},
  to = start + 300_000,
): Promise<QueryResponse | undefined> {
  const command = join(projectRoot, 'src/datasource/launcher.sh');
  const plugin = await startPlugin({ command, address: `127.0.0.1:${port}` });
  const model = {
    queryType: 'functionShare',
    profileTypeId: cpu,
    labelSelector: '{service_name="shop"}',
    functions,
    groupBy: ['pod'],
    ...more,
  };
  try {
    const queries = [{ refId: 'A', from: start, to, intervalMs: 1_000, model }];
    return (await plugin.queryData({ headers: { FromAlert: 'true' }, queries })).A;
  } finally {
    plugin.close();
  }
}

const refused = (status: number, errorType: string, message: string) => ({
  status,
  json: { status: 'error', errorType, error: expect.stringContaining(message) as string },
});

for (const [limits, query, message] of [
  [{ metricSeries: 2 }, share, 'makes 3 series of 41 points, the limit is 2 series (--max-metric-series)'],
  [{ metricPoints: 100 }, share, 'makes 3 series of 41 points, the limit is 100 points (--max-metric-points)'],
  [
    { metricSeries: 5 },
    'pyrolens_function_share{function=~".+",mode="total"}',
    'at least 6 series, the limit is 5 (--max-metric-series)',
  ],
  [{ metricProfiles: 2 }, 'pyrolens_profile_rate', 'more than 2 profiles at once (--max-metric-profiles)'],
  [{ metricSamples: 17 }, share, 'at least 18 samples of profiles, the limit is 17 (--max-metric-samples)'],
  [{ promqlPoints: 20 }, 'pyrolens_profile_rate', 'the limit is 20 (--max-promql-points)'],
  [{ queryLengthMillis: 60_000 }, '1', 'exceeds the limit of 60000 ms (--max-query-length)'],
] as const) {
  test(`${query} with ${JSON.stringify(limits)} is 422: ${message}`, async () => {
    await withShop(limits, async (server) => {
      expect(await askRange(server, query)).toMatchObject(refused(422, 'execution', message));
    });
  });
}

test('more steps than may be is 400, with the words of Prometheus and the flag', async () => {
  await withShop({ promqlSteps: 10 }, async (server) => {
    const words =
      'exceeded maximum resolution of 10 points per timeseries. Try decreasing the query resolution (?step=XX)';
    const message = `${words}: 21 points were asked for (--max-promql-steps)`;
    expect(await askRange(server, share)).toMatchObject(refused(400, 'bad_data', message));
    const answer = await askPlugin(server, ['^json$']);
    expect(answer).toMatchObject({ status: 400, errorSource: 'downstream', error: message });
  });
});

test('what takes too long is 503, and says whose time was over', async () => {
  await withShop({ promqlMillis: 1 }, async (server) => {
    const slow = 'sum(sum_over_time((pyrolens_profile_rate * 2)[1d:1s]))';
    const message = 'query timed out in expression evaluation after 1 ms (--max-promql-time)';
    expect(await askRange(server, slow)).toMatchObject(refused(503, 'timeout', message));
  });
  await withShop({}, async (server) => {
    const slow = 'sum(sum_over_time((pyrolens_profile_rate * 2)[1d:1s]))';
    const answer = await askRange(server, slow, { timeout: '0.001' });
    expect(answer).toMatchObject(refused(503, 'timeout', 'query timed out in expression evaluation after 1 ms'));
    expect(answer.text).not.toContain('--');
  });
});

describe('without limits of its own', () => {
  let server: TestServer;
  let close: () => void;
  beforeAll(async () => {
    server = await new Promise((resolve, reject) => {
      withShop({}, (opened) => {
        resolve(opened);
        return new Promise((done) => {
          close = done;
        });
      }).catch(reject);
    });
  });
  afterAll(() => close());

  for (const [what, query] of [
    ['function', 'pyrolens_function_share{function="nobody"}'],
    ['type', `pyrolens_function_share{function="json",profile_type="no:such:type:at:all"}`],
    ['label', 'pyrolens_function_share{function="json",team="core"}'],
    ['metric', 'container_cpu_usage_seconds_total'],
  ] as const) {
    test(`an unknown ${what} is an answer without series`, async () => {
      const nothing = { status: 200, json: { status: 'success', data: { resultType: 'matrix', result: [] } } };
      expect(await askRange(server, query)).toMatchObject(nothing);
    });
  }

  for (const [what, functions, more] of [
    ['function', ['^nobody$'], {}],
    ['type', ['^json$'], { profileTypeId: 'no:such:type:at:all' }],
    ['label', ['^json$'], { labelSelector: '{team="core"}' }],
  ] as const) {
    test(`an unknown ${what} is an answer of the data source without frames, which Grafana takes for no data`, async () => {
      expect(await askPlugin(server, functions, more)).toMatchObject({ status: 200, error: '', frames: [] });
    });
  }

  for (const [query, message] of [
    ['sum(', '1:5: parse error'],
    ['pyrolens_function_share{function="json"', 'parse error'],
    ['rate(pyrolens_profile_rate)', 'expected type range vector in call to function "rate"'],
    ['no_such_function(pyrolens_profile_rate)', 'unknown function with name "no_such_function"'],
    ['pyrolens_function_share{function=~"("}', 'invalid parameter "query"'],
    ['pyrolens_function_share', 'has a series for every function: say which'],
  ] as const) {
    test(`${query} is 400 bad_data: ${message}`, async () => {
      expect(await askRange(server, query)).toMatchObject(refused(400, 'bad_data', message));
    });
  }

  for (const [functions, more, message] of [
    [[], {}, 'the query names no function'],
    [['('], {}, '('],
    [['^json$'], { labelSelector: '{service_name=' }, 'label selector, character 14'],
    [['^json$'], { profileTypeId: '' }, 'the query has no profile type'],
    [['^json$'], { labelSelector: '{pod="$pod"}' }, '$pod stays as it is here'],
  ] as const) {
    test(`a query of the data source with ${JSON.stringify({ functions, ...more })} is 400: ${message}`, async () => {
      const answer = await askPlugin(server, functions, more);
      expect(answer).toMatchObject({ status: 400, errorSource: 'downstream', frames: [] });
      expect(answer?.error).toContain(message);
    });
  }
});
