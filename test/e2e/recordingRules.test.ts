/** Recording rules over HTTP: saved, filled back, evaluated, asked for, shown, kept over a restart, held to the budget. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryDocuments } from '../../backend/documents/memoryDocuments.ts';
import type { RuleSeries, SampleSink } from '../../backend/rules/sampleSink.ts';
import { openMemoryStore } from '../../backend/store/memory/openMemoryStore.ts';
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage, readAnswer, startTestServer } from '../testServer.ts';
import type { Answer, TestServer } from '../testServer.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const minute = 60_000;
/** The end of a minute that was closed a while ago. */
const start = Math.floor(Date.now() / minute) * minute - 10 * minute;
const samples = (count: number): number => count * 10_000_000;

/** A profile of 150 samples in 15 s: 0.1 cores, so many samples of it in json. */
async function push(to: TestServer, pod: string, timeMillis: number, inJson: number, headers = {}): Promise<void> {
  const profile = foldedPprof({
    folded: [`main;json ${samples(inJson)}`, `main ${samples(150 - inJson)}`],
    timeNanos: BigInt(timeMillis) * 1_000_000n,
  });
  const message = pushMessage({ __name__: 'process_cpu', service_name: 'shop', pod }, profile);
  expect((await call(to.url, 'push.v1.PusherService/Push', message, headers)).status).toBe(200);
}

class ListSink implements SampleSink {
  /** Label of the pod to its samples. */
  readonly given: RuleSeries[] = [];

  accept(series: readonly RuleSeries[]): Promise<void> {
    this.given.push(...series);
    return Promise.resolve();
  }

  /** "pod time=value", times in minutes after the start. */
  lines(name: string): readonly string[] {
    return this.given
      .filter((series) => series.name === name)
      .flatMap(({ labels, timesMs, values }) =>
        timesMs.map((time, i) => `${labels.get('pod') ?? ''} ${(time - start) / minute}=${values[i]?.toFixed(6)}`),
      );
  }
}

const rules = (server: TestServer, method: string, message: unknown, headers = {}): Promise<Answer> =>
  call(server.url, `settings.v1.RecordingRulesService/${method}`, message, headers);

const rule = (more: object = {}): object => ({
  metricName: 'profiles_recorded_cpu',
  matchers: ['{service_name="shop"}', `{__profile_type__="${cpu}"}`],
  groupBy: ['pod'],
  ...more,
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error('it did not come');
}

const get = async (server: TestServer, path: string, headers = {}): Promise<Answer> =>
  readAnswer(await fetch(`${server.url}${path}`, { headers }));

async function ask(server: TestServer, query: string, timeMillis: number): Promise<unknown> {
  const asked = new URLSearchParams({ query, time: String(timeMillis / 1_000) });
  const { json } = await get(server, `/prometheus/api/v1/query?${asked.toString()}`);
  return (json as { data: { result: unknown } }).data.result;
}

const servers: TestServer[] = [];
async function started(options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const server = await startTestServer(options);
  servers.push(server);
  return server;
}
afterAll(async () => {
  for (const server of servers) await server.close();
});

describe('a rule of a client', () => {
  const sink = new ListSink();
  let server: TestServer;
  let id = '';
  beforeAll(async () => {
    server = await started({ sampleSink: sink });
    for (const [pod, inJson] of [
      ['a', 30],
      ['b', 60],
    ] as const) {
      for (let i = 0; i < 3; i++) await push(server, pod, start - 30_000 + i * minute, inJson);
    }
  });

  test('is answered with its series, and its history is handed on in order', async () => {
    const saved = await rules(server, 'UpsertRecordingRule', rule());
    expect(saved).toMatchObject({ status: 200, json: { estimatedSeries: '2' } });
    ({ id } = (saved.json as { rule: { id: string } }).rule);
    await until(() => sink.given.length === 2);
    const wanted = ['a', 'b'].flatMap((pod) => [0, 1, 2].map((at) => `${pod} ${at}=0.100000`));
    expect(sink.lines('profiles_recorded_cpu')).toEqual(wanted);
    expect(sink.given[0]?.labels.get('profiles_rule_id')).toBe(id);
  });

  test('is asked for by name at /prometheus, over all history and by its labels', async () => {
    const metric = { __name__: 'profiles_recorded_cpu', pod: 'a', profiles_rule_id: id };
    expect(await ask(server, 'profiles_recorded_cpu{pod="a"}', start + 2 * minute)).toEqual([
      { metric, value: [(start + 2 * minute) / 1_000, expect.stringMatching(/^0\.1/)] },
    ]);
    expect(await ask(server, 'sum(profiles_recorded_cpu)', start)).toEqual([
      { metric: {}, value: [start / 1_000, expect.stringMatching(/^0\.2/)] },
    ]);
    expect(await ask(server, 'profiles_recorded_cpu{pod="nobody"}', start)).toEqual([]);
    const range = `start=${start / 1_000 - 60}&end=${start / 1_000 + 600}`;
    const listed = await get(server, `/prometheus/api/v1/label/__name__/values?${range}`);
    expect(listed.json).toMatchObject({ data: expect.arrayContaining(['profiles_recorded_cpu']) as string[] });
    const series = await get(server, `/prometheus/api/v1/series?match[]=profiles_recorded_cpu{pod=%22a%22}&${range}`);
    expect(series.json).toEqual({ status: 'success', data: [metric] });
    const metadata = await get(server, '/prometheus/api/v1/metadata?metric=profiles_recorded_cpu');
    expect(metadata.text).toContain('cores for CPU time');
  });

  test('of a function, by itself or with what it calls, or of every function that fits', async () => {
    const by = (functionName: string, more: object) => ({ functionName: { functionName, ...more } });
    for (const [name, change] of [
      ['self', { stacktraceFilter: by('main', { metricType: 'SELF' }) }],
      ['total', { stacktraceFilter: by('main', {}) }],
      ['each', { groupBy: ['function'], stacktraceFilter: by('j.*|m.*', { isPattern: true, metricType: 'SELF' }) }],
    ] as const) {
      const saved = await rules(
        server,
        'UpsertRecordingRule',
        rule({ metricName: `profiles_recorded_${name}`, groupBy: [], ...change }),
      );
      expect(saved.status).toBe(200);
    }
    const value = async (query: string) =>
      Number(((await ask(server, query, start)) as { value: [number, string] }[])[0]?.value[1]).toFixed(4);
    // 120 and 90 of the 150 samples of the two pods are main's own.
    expect(await value('profiles_recorded_self')).toBe('0.1400');
    expect(await value('profiles_recorded_total')).toBe('0.2000');
    expect(await value('profiles_recorded_each{function="json"}')).toBe('0.0600');
    expect(await value('profiles_recorded_each{function="main"}')).toBe('0.1400');
  });

  test('shows what the server does of it in /metrics, and that it can in the capabilities', async () => {
    const { text } = await get(server, '/metrics');
    expect(text).toMatch(/pyrolens_recording_rules 4\n/);
    expect(text).toMatch(/pyrolens_recording_rule_late_profiles_total 0\n/);
    await push(server, 'a', start + 15_000, 10);
    expect((await get(server, '/metrics')).text).toMatch(/pyrolens_recording_rule_late_profiles_total 1\n/);
    const { json } = await call(server.url, 'capabilities.v1.FeatureFlagsService/GetFeatureFlags', {});
    const on = (json as { featureFlags: { name: string; enabled?: boolean }[] }).featureFlags.filter(
      ({ enabled }) => enabled,
    );
    expect(on.map(({ name }) => name)).toEqual(expect.arrayContaining(['pyroscopeRuler', 'pyroscopeRulerFunctions']));
  });

  test('that is deleted is gone', async () => {
    expect((await rules(server, 'DeleteRecordingRule', { id })).status).toBe(200);
    expect(await ask(server, 'profiles_recorded_cpu', start)).toEqual([]);
  });
});

describe('the budget', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await started({ rules: { seriesPerRule: 2, seriesInAll: 3 } });
    for (const pod of ['a', 'b', 'c']) await push(server, pod, start - 30_000, 30);
  });

  const estimate = async (message: unknown): Promise<Answer> =>
    readAnswer(
      await fetch(`${server.url}/api/v1/recording-rules/estimate`, { method: 'POST', body: JSON.stringify(message) }),
    );

  test('a rule that gives too many series is refused, naming figure, limit and flag', async () => {
    const refused = await rules(server, 'UpsertRecordingRule', rule());
    expect([refused.status, refused.text]).toEqual([
      429,
      expect.stringContaining('gives 3 series over the last day, the limit is 2 (--max-series-per-rule)'),
    ]);
    expect((await rules(server, 'ListRecordingRules', {})).json).toEqual({});
  });

  test('it is told beforehand, and nothing is saved', async () => {
    expect(await estimate(rule())).toMatchObject({
      status: 200,
      json: {
        series: 3,
        isExact: true,
        seriesOfOthers: 0,
        maxSeriesPerRule: 2,
        maxRuleSeries: 3,
        fits: false,
        why: expect.stringContaining('--max-series-per-rule') as string,
      },
    });
    expect((await estimate(rule({ groupBy: [] }))).json).toEqual({
      ...{ series: 1, isExact: true, seriesOfOthers: 0, maxSeriesPerRule: 2, maxRuleSeries: 3, fits: true },
    });
    expect(await estimate(rule({ matchers: [] }))).toMatchObject({ status: 400, json: { code: 'invalid_argument' } });
    expect(await estimate('no rule')).toMatchObject({ status: 400, json: { code: 'invalid_argument' } });
  });

  test('all rules together have one too', async () => {
    const two = rule({ matchers: [`{__profile_type__="${cpu}", pod=~"a|b"}`] });
    expect((await rules(server, 'UpsertRecordingRule', two)).status).toBe(200);
    const refused = await rules(server, 'UpsertRecordingRule', two);
    expect([refused.status, refused.text]).toEqual([
      429,
      expect.stringContaining('with 2 of other rules that is more than 3 (--max-rule-series)'),
    ]);
    expect((await rules(server, 'UpsertRecordingRule', rule({ groupBy: [] }))).status).toBe(200);
  });
});

test('a restart goes on where it was, evaluates what was missed, and sends nothing twice', async () => {
  const store = openMemoryStore();
  const documents = createMemoryDocuments();
  const before = new ListSink();
  // Minutes of the last nine are not closed yet, as if the server ended then.
  const first = await startTestServer({ store, documents, sampleSink: before, rules: { latenessMillis: 9 * minute } });
  await push(first, 'a', start - 30_000, 30);
  await push(first, 'a', start + 4.5 * minute, 30);
  await rules(first, 'UpsertRecordingRule', rule());
  await until(() => before.given.length > 0);
  await push(first, 'late', start - 20_000, 30);
  await first.close();
  // The test's server closes its store, which in memory means nothing.
  const after = new ListSink();
  const again = await started({ store, documents, sampleSink: after });
  await until(async () => (await get(again, '/metrics')).text.includes('pyrolens_recording_rule_lag_seconds 0\n'));
  expect(before.lines('profiles_recorded_cpu')).toEqual(['a 0=0.100000']);
  expect(after.lines('profiles_recorded_cpu')).toEqual(['a 5=0.100000']);
  expect((await rules(again, 'ListRecordingRules', {})).json).toMatchObject({
    rules: [{ metricName: 'profiles_recorded_cpu' }],
  });
});

test('the newest values stand at /metrics/profiles, of the tenant alone, in Prometheus’ text format', async () => {
  const server = await started({ multitenancy: true });
  const headers = { 'x-scope-orgid': 'one' };
  const now = Math.floor(Date.now() / minute) * minute;
  await push(server, 'a"\n', now - 30_000, 30, headers);
  await push(server, 'yours', now - 30_000, 30, { 'x-scope-orgid': 'two' });
  const saved = await rules(server, 'UpsertRecordingRule', rule({ id: 'mine' }), headers);
  expect(saved.status).toBe(200);
  const profiles = (tenant: string) => get(server, '/metrics/profiles', { 'x-scope-orgid': tenant });
  await until(async () => (await profiles('one')).text !== '');
  const { contentType, text } = await profiles('one');
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text.split('\n')).toEqual([
    `# HELP profiles_recorded_cpu ${cpu} in seconds per second (cores for CPU time), by pod.`,
    '# TYPE profiles_recorded_cpu gauge',
    expect.stringMatching(/^profiles_recorded_cpu\{pod="a\\"\\n",profiles_rule_id="mine"\} 0\.1\d* \d{13}$/),
    '',
  ]);
  expect((await profiles('two')).text).toBe('');
  expect((await profiles('one|two')).text).toBe(text);
  expect((await get(server, '/metrics/profiles')).status).toBe(401);
});

test('rules of a file are in force and read only, and a mistake in it stops the start', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'pyrolens-rules-'));
  const file = join(dir, 'rules.yaml');
  writeFileSync(
    file,
    `rules:\n  - metric: profiles_recorded_file\n    profile_type: ${cpu}\n    group_by: [pod]\n    id: ofFile\n`,
  );
  const sink = new ListSink();
  const server = await started({ rules: { file }, sampleSink: sink });
  await push(server, 'a', start - 30_000, 30);
  expect(await ask(server, 'profiles_recorded_file', start)).toHaveLength(1);
  expect((await rules(server, 'ListRecordingRules', {})).json).toMatchObject({
    rules: [{ id: 'ofFile', provisioned: true }],
  });
  for (const [method, message] of [
    ['UpsertRecordingRule', rule({ id: 'ofFile' })],
    ['DeleteRecordingRule', { id: 'ofFile' }],
  ] as const) {
    const refused = await rules(server, method, message);
    expect(refused).toMatchObject({ status: 400, json: { code: 'failed_precondition' } });
    expect(refused.text).toContain('--recording-rules');
  }
  writeFileSync(file, 'rules:\n  - metric: cpu\n');
  await expect(startTestServer({ rules: { file } })).rejects.toThrow(`${file}:2:5: rules[0].profile_type`);
  rmSync(dir, { recursive: true });
});
