import { firstValueFrom } from 'rxjs';
import { answerQuery } from './answerQuery.ts';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { StacktracesBody } from './requests.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const bare: ProfileQuery = {
  refId: 'A',
  queryType: 'profile',
  profileTypeId: cpu,
  labelSelector: '{service_name="a"}',
  groupBy: [],
};
const flamegraph = { names: ['total'], levels: [{ values: ['0', '1', '1', '0'] }], total: '1' };
const range = { startMillis: 1_000, endMillis: 901_000 };
const target = { uid: 'pyrolens', name: 'Pyrolens' };

const answer = (query: Partial<ProfileQuery>, answers: Parameters<typeof fakeClient>[0], asked: Asked[] = []) =>
  firstValueFrom(
    answerQuery(
      { ...bare, ...query },
      { client: fakeClient(answers, asked), range, stepSeconds: 15, prometheusPath: '/prometheus', target },
    ),
  );

test('a state is averaged, what grows is summed', async () => {
  const asked: Asked[] = [];
  const answers = { selectSeries: () => ({ series: [{ points: [{ timestamp: '1', value: 1 }] }] }) };
  await answer({ queryType: 'metrics' }, answers, asked);
  await answer({ queryType: 'metrics', profileTypeId: 'memory:inuse_space:bytes:space:bytes' }, answers, asked);
  expect(asked.map(([, body]) => (body as { aggregation?: string }).aggregation)).toEqual([
    undefined,
    'TIME_SERIES_AGGREGATION_TYPE_AVERAGE',
  ]);
});

test('spans are asked by the call that every server knows', async () => {
  const asked: Asked[] = [];
  const [frame] = await answer(
    { spanSelector: ['00f067aa0ba902b7'] },
    { selectMergeSpanProfile: () => ({ flamegraph }) },
    asked,
  );
  expect(asked.map(([method]) => method)).toEqual(['selectMergeSpanProfile']);
  expect(frame?.meta?.notices?.[0]?.text).toBe('Samples of span 00f067aa0ba902b7 only.');
});

test('an ID that no sample carries falls back to the labels, and the frame says so', async () => {
  const asked: Asked[] = [];
  const traceIdSelector = ['0'.repeat(31) + '1'];
  const [frame] = await answer(
    { traceIdSelector, spanSelector: ['00f067aa0ba902b7'] },
    {
      selectMergeStacktraces: (body) =>
        (body as StacktracesBody).traceIdSelector === undefined ? { flamegraph } : { flamegraph: { total: '0' } },
      selectMergeSpanProfile: () => ({}),
    },
    asked,
  );
  expect(asked.map(([method]) => method)).toEqual([
    'selectMergeStacktraces',
    'selectMergeSpanProfile',
    'selectMergeStacktraces',
  ]);
  expect(frame?.meta?.notices?.[0]?.text).toContain('neither that trace nor that span');
});

test('a heatmap has a row per cell that counts something', async () => {
  const slots = [{ timestamp: '15000', yMin: [0, 10], counts: [0, 3] }];
  const [frame] = await answer({ queryType: 'heatmap' }, { selectHeatmap: () => ({ series: [{ slots }] }) });
  expect(frame?.meta?.type).toBe('heatmap-cells');
  expect(frame?.fields.map(({ name, values }) => [name, ...(values as readonly unknown[])])).toEqual([
    ['xMax', 15_000],
    ['yMin', 10],
    ['yMax', 20],
    ['count', 3],
  ]);
});

test('single profiles come largest first, each with a link to its flame graph', async () => {
  const exemplars = [
    { timestamp: '5', profileId: 'p1', value: '10', labels: [{ name: 'pod', value: 'x' }] },
    { timestamp: '6', profileId: 'p2', value: '20' },
  ];
  const [frame] = await answer(
    { queryType: 'exemplars' },
    { selectSeries: () => ({ series: [{ labels: [], points: [{ exemplars }] }] }) },
  );
  expect(frame?.fields.map(({ name, values }) => [name, ...(values as readonly unknown[])])).toEqual([
    ['Time', 6, 5],
    ['Value', 20, 10],
    ['Profile', 'p2', 'p1'],
    ['Labels', '{}', '{pod="x"}'],
  ]);
  expect(frame?.fields[2]?.config.links?.[0]?.internal).toMatchObject({
    datasourceUid: 'pyrolens',
    query: { queryType: 'profile', profileTypeId: cpu, profileIdSelector: ['${__value.raw}'] },
  });
});

test('marks over a series are scaled as the series is', async () => {
  const points = [{ timestamp: '15000', value: 15e9, exemplars: [{ timestamp: '9000', profileId: 'p', value: '15000000000' }] }];
  const [series, marks] = await answer(
    { queryType: 'metrics', exemplarsOf: 'profiles' },
    { selectSeries: () => ({ series: [{ points }] }) },
  );
  expect(series?.fields[1]?.values).toEqual([1]);
  expect(marks).toMatchObject({ name: 'exemplar', meta: { dataTopic: 'annotations' } });
  expect(marks?.fields.map(({ values }) => values[0] as unknown)).toEqual([9_000, 1, 'p']);
});

test('a diff is of the selection against the same time last week unless something else is chosen', async () => {
  const asked: Asked[] = [];
  const diff = {
    names: ['total'],
    levels: [{ values: ['0', '1', '1', '0', '2', '2', '0'] }],
    leftTicks: '1',
    rightTicks: '2',
  };
  const [frame] = await answer({ queryType: 'diff' }, { diff: () => ({ flamegraph: diff }) }, asked);
  expect(frame?.name).toBe('process_cpu / cpu against same time last week');
  expect(asked[0]?.[1]).toMatchObject({
    left: { start: String(1_000 - 7 * 86_400_000), labelSelector: '{service_name="a"}' },
    right: { start: '1000', labelSelector: '{service_name="a"}' },
  });
});
