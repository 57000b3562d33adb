/** Settings, recording rules and what the server says of itself, asked as clients ask. */
import { call, startTestServer } from '../testServer.ts';
import type { Answer, TestServer } from '../testServer.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ limits: { settingsBytes: 100, recordingRules: 2 } });
});
afterAll(() => server.close());

const settings = (method: string, message: unknown): Promise<Answer> =>
  call(server.url, `settings.v1.SettingsService/${method}`, message);
const rules = (method: string, message: unknown): Promise<Answer> =>
  call(server.url, `settings.v1.RecordingRulesService/${method}`, message);
const codeOf = ({ json }: Answer): unknown =>
  typeof json === 'object' && json !== null && 'code' in json ? json.code : undefined;

describe('settings', () => {
  test('the newest value of a name is kept, in the order of the names', async () => {
    const set = (name: string, value: string, modifiedAt?: number) =>
      settings('Set', { setting: { name, value, modifiedAt } });
    expect((await set('b', 'new', 2_000)).json).toEqual({ setting: { name: 'b', value: 'new', modifiedAt: '2000' } });
    expect(codeOf(await set('b', 'old', 1_999))).toBe('already_exists');
    expect((await set('b', 'same time', 2_000)).status).toBe(200);
    await set('a', 'x', 5);
    expect((await settings('Get', {})).json).toEqual({
      settings: [
        { name: 'a', value: 'x', modifiedAt: '5' },
        { name: 'b', value: 'same time', modifiedAt: '2000' },
      ],
    });
    await settings('Delete', { name: 'a' });
    await settings('Delete', { name: 'b' });
    expect((await settings('Get', {})).json).toEqual({});
  });

  test('a value without a time is of now', async () => {
    const before = Date.now();
    const { json } = await settings('Set', { setting: { name: 'now', value: '' } });
    const { setting } = json as { readonly setting: { readonly modifiedAt: string } };
    expect(Number(setting.modifiedAt)).toBeGreaterThanOrEqual(before);
    await settings('Delete', { name: 'now' });
  });

  test('more than the limit is refused, with the name of the flag', async () => {
    const refused = await settings('Set', { setting: { name: 'long', value: 'x'.repeat(97) } });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('--max-settings-size')]);
    expect((await settings('Set', { setting: { name: 'long', value: 'x'.repeat(96) } })).status).toBe(200);
    await settings('Delete', { name: 'long' });
  });
});

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const rule = (more: object = {}): object => ({
  metricName: 'profiles_recorded_shop',
  matchers: [`{service_name="shop"}`, `{__profile_type__="${cpu}"}`],
  groupBy: ['pod'],
  externalLabels: [{ name: 'team', value: 'a' }],
  ...more,
});

describe('recording rules', () => {
  test('a rule gets an id and a generation, and comes back as it was sent', async () => {
    const { json } = await rules('UpsertRecordingRule', rule());
    const made = (json as { readonly rule: { readonly id: string } }).rule;
    expect(made).toMatchObject({ ...rule(), profileType: cpu, generation: '1' });
    expect(made.id).toMatch(/^[a-zA-Z]{10}$/);
    expect((await rules('GetRecordingRule', { id: made.id })).json).toEqual({ rule: made });
    expect((await rules('ListRecordingRules', {})).json).toEqual({ rules: [made] });
    expect((await rules('DeleteRecordingRule', { id: made.id })).json).toEqual({});
    expect(codeOf(await rules('GetRecordingRule', { id: made.id }))).toBe('not_found');
    expect(codeOf(await rules('DeleteRecordingRule', { id: made.id }))).toBe('not_found');
  });

  test('of two editors of one generation the second is told', async () => {
    await rules('UpsertRecordingRule', rule({ id: 'mine' }));
    const change = rule({ id: 'mine', generation: 1, groupBy: [] });
    expect((await rules('UpsertRecordingRule', change)).json).toMatchObject({ rule: { generation: '2' } });
    expect(codeOf(await rules('UpsertRecordingRule', change))).toBe('already_exists');
    await rules('DeleteRecordingRule', { id: 'mine' });
  });

  test('more than the limit are refused, with the name of the flag; a change is none more', async () => {
    await rules('UpsertRecordingRule', rule({ id: 'a' }));
    await rules('UpsertRecordingRule', rule({ id: 'b' }));
    const refused = await rules('UpsertRecordingRule', rule({ id: 'c' }));
    expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('--max-recording-rules')]);
    expect((await rules('UpsertRecordingRule', rule({ id: 'b', generation: 1 }))).status).toBe(200);
  });

  // [what is wrong, the rule, the field that is told]
  const wrong: readonly (readonly [string, object, string])[] = [
    ['a name without the prefix', { metricName: 'shop' }, 'metric_name'],
    ['a name that is no metric', { metricName: 'profiles_recorded_a-b' }, 'metric_name'],
    ['no profile type', { matchers: ['{a="b"}'] }, 'matchers'],
    ['two profile types', { matchers: [`{__profile_type__="${cpu}", __profile_type__="${cpu}"}`] }, 'matchers'],
    ['a pattern of profile types', { matchers: ['{__profile_type__=~".*"}'] }, 'matchers'],
    ['a profile type that is none', { matchers: ['{__profile_type__="cpu"}'] }, 'profile-type'],
    ['a selector that does not end', { matchers: ['{a='] }, 'label selector'],
    ['a pattern that is none', { matchers: [`{__profile_type__="${cpu}", a=~"("}`] }, ''],
    ['a label with a dot', { groupBy: ['a.b'] }, 'group_by'],
    ['a label twice', { groupBy: ['a', 'a'] }, 'group_by'],
    ['an external label without a name', { externalLabels: [{ name: '', value: 'x' }] }, 'external_labels'],
    [
      'an external label of great length',
      { externalLabels: [{ name: 'x', value: 'x'.repeat(9_999) }] },
      'external_labels',
    ],
    ['a filter by no function', { stacktraceFilter: { functionName: {} } }, 'stacktrace_filter'],
    ['an id with digits', { id: 'a1' }, 'id'],
  ];
  for (const [what, change, field] of wrong) {
    test(`${what} is refused, naming the field`, async () => {
      const refused = await rules('UpsertRecordingRule', rule(change));
      expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid_argument']);
      expect(refused.text).toContain(field);
    });
  }
});

describe('what the server says of itself', () => {
  test('the version of the query API, without a tenant', async () => {
    expect((await call(server.url, 'version.v1.Version/Version', {})).json).toEqual({ QuerierAPI: '1' });
  });

  test('capabilities by name', async () => {
    const { json } = await call(server.url, 'capabilities.v1.FeatureFlagsService/GetFeatureFlags', {});
    const { featureFlags } = json as { readonly featureFlags: readonly { readonly name: string }[] };
    expect(featureFlags.map(({ name }) => name)).toContain('utf8LabelNames');
  });

  for (const method of ['GithubApp', 'GithubLogin', 'GithubRefresh', 'GetFile', 'GetCommit', 'GetCommits']) {
    test(`source links: ${method} is unimplemented and leaves no cookie`, async () => {
      const response = await fetch(`${server.url}/vcs.v1.VCSService/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect([response.status, response.headers.get('set-cookie')]).toEqual([501, null]);
    });
  }
});
