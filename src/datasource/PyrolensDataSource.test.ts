import type { DataQueryRequest } from '@grafana/data';
import { CoreApp, dateTime } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { jest } from '@jest/globals';
import { firstValueFrom, Observable, of, throwError } from 'rxjs';
import type { DataSourceOptions, ProfileQuery } from './data/profileQuery.ts';

// The real packages bring style sheets and canvases; they are met in test/e2e.
const nothing = () => undefined;
jest.unstable_mockModule('@grafana/ui', () => ({
  Combobox: nothing,
  InlineField: nothing,
  InlineFieldRow: nothing,
  Input: nothing,
}));
jest.unstable_mockModule('@grafana/runtime', () => ({
  getBackendSrv: () => ({ fetch }),
  getTemplateSrv: () => ({ replace }),
  locationService: { getLocation: () => ({ pathname: '/d/shop', search: '?from=now-1h&to=now' }) },
}));
const { PyrolensDataSource } = await import('./PyrolensDataSource.ts');
type DataSource = InstanceType<typeof PyrolensDataSource>;

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
interface Asked {
  readonly url: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
let asked: Asked[] = [];
/** Paths of requests that are on their way, while `isSlow`. */
let open: string[] = [];
let isSlow = false;
let answers: Readonly<Record<string, unknown>> = {};

beforeEach(() => {
  asked = [];
  open = [];
  isSlow = false;
  answers = {
    SelectSeries: { series: [{ points: [{ value: 15e9, timestamp: '1000' }] }] },
    SelectMergeStacktraces: {
      flamegraph: { names: ['total'], levels: [{ values: ['0', '1', '1', '0'] }], total: '1' },
    },
    LabelNames: { names: ['__name__', 'pod', 'service_name'] },
    LabelValues: { names: ['a', 'b'] },
    ProfileTypes: { profileTypes: [{ ID: 'z:z:z:z:z' }, { ID: cpu }] },
  };
});

function fetch(request: Asked) {
  asked.push(request);
  // Grafana aborts the request of who no longer listens.
  if (isSlow) {
    return new Observable<never>(() => {
      open.push(request.url);
      return () => (open = open.filter((url) => url !== request.url));
    });
  }
  const data = answers[request.url.split('/').at(-1) ?? ''];
  return data === undefined
    ? throwError(() => ({ status: 400, data: { message: 'bad selector' } }))
    : of({ data, headers: new Headers() });
}

const replace: TemplateSrv['replace'] = (text = '', scopedVars) =>
  text.replace(/\$(\w+)/g, (whole, name: string) => String(scopedVars?.[name]?.value ?? whole));

const create = (jsonData: DataSourceOptions = {}) => new PyrolensDataSource({ url: '/proxy', jsonData } as never);

const request = (...targets: readonly Partial<ProfileQuery>[]) =>
  ({
    targets: targets.map((target, i) => ({ refId: 'ABC'[i], profileTypeId: cpu, ...target })),
    range: { from: dateTime(1000), to: dateTime(61_000), raw: { from: 'now-1m', to: 'now' } },
    intervalMs: 1000,
    scopedVars: { svc: { text: 'x', value: 'checkout' } },
  }) as never as DataQueryRequest<ProfileQuery>;

const ask = (datasource: DataSource, ...targets: readonly Partial<ProfileQuery>[]) =>
  firstValueFrom(datasource.query(request(...targets)));

test('a flame graph query asks once, int64 as texts, variables replaced', async () => {
  const { data, errors } = await ask(create(), {
    queryType: 'profile',
    labelSelector: '{service_name="$svc"}',
    maxNodes: 9,
  });
  expect(errors).toBeUndefined();
  expect(data).toHaveLength(1);
  const methods = asked.map(({ url }) => url.split('/').at(-1));
  // What is told beside the graph is asked at the same time.
  expect(methods.sort()).toEqual(['SelectHeatmap', 'SelectMergeStacktraces', 'SelectSeries', 'SelectSeries']);
  expect(asked.filter(({ url }) => url.endsWith('SelectMergeStacktraces'))).toMatchObject([
    {
      url: '/proxy/querier.v1.QuerierService/SelectMergeStacktraces',
      method: 'POST',
      data: {
        profileTypeID: cpu,
        labelSelector: '{service_name="checkout"}',
        start: '1000',
        end: '61000',
        maxNodes: '9',
      },
    },
  ]);
});

test('"both" answers with series and flame graph', async () => {
  const { data } = await ask(create(), { queryType: 'both' });
  expect(
    data.map((frame: { meta?: { preferredVisualisationType?: string } }) => frame.meta?.preferredVisualisationType),
  ).toEqual(['graph', 'flamegraph']);
});

for (const [minStep, step, expected] of [
  [undefined, undefined, 15],
  ['5s', undefined, 5],
  ['5s', '1m', 60],
  ['10ms', undefined, 1],
  ['nonsense', undefined, 1],
] as const) {
  test(`a step of at least ${minStep} and ${step} at an interval of 1 s is ${expected} s`, async () => {
    await ask(create(minStep === undefined ? {} : { minStep }), { queryType: 'metrics', step });
    expect(asked[0]?.data?.['step']).toBe(expected);
  });
}

test('one query that fails leaves the others their answers', async () => {
  answers = { SelectSeries: answers['SelectSeries'] };
  const { data, errors } = await ask(create(), { queryType: 'metrics' }, { queryType: 'profile' });
  expect(data).toHaveLength(1);
  expect(errors).toEqual([{ refId: 'B', message: 'bad selector' }]);
});

test('queries that are hidden or have no profile type are not asked', async () => {
  const { data } = await ask(create(), { hide: true }, { profileTypeId: '' });
  expect(data).toEqual([]);
  expect(asked).toEqual([]);
});

test('nothing found is a frame without rows that says so', async () => {
  answers = {
    SelectMergeStacktraces: { flamegraph: { names: ['total'], levels: [{ values: ['0', '0', '0', '0'] }] } },
  };
  const { data } = await ask(create(), { queryType: 'profile', labelSelector: '{service_name="a"}' });
  expect(data).toMatchObject([
    {
      length: 0,
      fields: [],
      meta: { notices: [{ text: 'No process_cpu / cpu profiles for {service_name="a"} in this time range.' }] },
    },
  ]);
});

test('filters of the dashboard narrow every query', async () => {
  const filtered = { ...request({ queryType: 'metrics' }), filters: [{ key: 'pod', operator: '=', value: 'a' }] };
  await firstValueFrom(create().query(filtered));
  expect(asked[0]?.data?.['labelSelector']).toBe('{pod="a"}');
});

test('labels are offered without the private ones; a value asks with the other filters', async () => {
  expect(await create().getTagKeys()).toEqual([
    { text: 'pod', value: 'pod' },
    { text: 'service_name', value: 'service_name' },
  ]);
  await create().getTagValues({ key: 'pod', filters: [{ key: 'zone', operator: '=', value: 'x' }] });
  expect(asked.at(-1)?.data).toMatchObject({ name: 'pod', matchers: ['{zone="x"}'] });
});

test('variables give profile types, label names and label values', async () => {
  const datasource = create();
  expect(await datasource.findVariableValues({ refId: 'V', type: 'profileType' })).toEqual([cpu, 'z:z:z:z:z']);
  expect(await datasource.findVariableValues({ refId: 'V', type: 'label' })).toEqual(['pod', 'service_name']);
  expect(
    await datasource.findVariableValues({ refId: 'V', type: 'labelValue', labelName: 'pod', profileTypeId: cpu }),
  ).toEqual(['a', 'b']);
  expect(asked.at(-1)?.data).toMatchObject({ name: 'pod', matchers: [`{__profile_type__="${cpu}"}`] });
});

test('who no longer waits cancels every request of the query, and a second panel keeps what it shares', () => {
  isSlow = true;
  const datasource = create();
  const [first, second] = [
    datasource.query(request({ queryType: 'both' }, { queryType: 'diff' })).subscribe(),
    datasource.query(request({ queryType: 'diff' })).subscribe(),
  ];
  expect(new Set(open.map((url) => url.split('/').at(-1)))).toEqual(
    new Set(['SelectSeries', 'SelectMergeStacktraces', 'Diff', 'SelectHeatmap']),
  );
  first.unsubscribe();
  expect(open.map((url) => url.split('/').at(-1))).toEqual(['Diff']);
  second.unsubscribe();
  expect(open).toEqual([]);
});

test('where there is nothing a link moves the dashboard to the nearest profiles', async () => {
  answers = { SelectSeries: answers['SelectSeries'], SelectMergeStacktraces: {} };
  const { data } = await ask(create(), { queryType: 'profile' });
  const [frame] = data as { meta: { custom: object; notices: { link: string }[] } }[];
  const { nearest } = frame?.meta.custom as { nearest: { startMillis: number; endMillis: number } };
  expect(frame?.meta.notices[0]?.link).toBe(`/d/shop?from=${nearest.startMillis}&to=${nearest.endMillis}`);
});

test('an alert rule starts with numbers, an annotation with new versions', () => {
  expect(create().getDefaultQuery(CoreApp.UnifiedAlerting).queryType).toBe('metrics');
  expect(create().annotations?.getDefaultQuery?.()).toMatchObject({ queryType: 'versions', labelSelector: '{}' });
});

test('equal queries have equal texts, and what is asked differently another one', () => {
  const text = (part: Partial<ProfileQuery>) =>
    create().getQueryDisplayText({ refId: 'A', ...create().getDefaultQuery(CoreApp.Explore), ...part } as ProfileQuery);
  expect(text({ profileTypeId: cpu })).toBe(text({ profileTypeId: cpu, refId: 'B' }));
  const texts = [
    {},
    { queryType: 'metrics' },
    { queryType: 'metrics', groupBy: ['pod'] },
    { queryType: 'profile' },
    { labelSelector: '{a="b"}' },
    { queryType: 'diff' },
    { queryType: 'diff', compareWith: { kind: 'offset', offset: '1d' } },
    { queryType: 'functionShare', functions: ['json'] },
    { queryType: 'functionShare', functions: ['gzip'] },
    { queryType: 'heatmap' },
  ] as const;
  const written = texts.map((part) => text({ profileTypeId: cpu, ...(part as Partial<ProfileQuery>) }));
  expect(new Set(written).size).toBe(written.length);
});

test('Explore starts with both, a dashboard with the flame graph', () => {
  expect(create().getDefaultQuery(CoreApp.Explore).queryType).toBe('both');
  expect(create().getDefaultQuery(CoreApp.Dashboard).queryType).toBe('profile');
});
