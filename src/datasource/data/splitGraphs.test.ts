import { firstValueFrom } from 'rxjs';
import { answerQuery } from './answerQuery.ts';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import type { ProfileQuery } from './profileQuery.ts';
import type { StacktracesBody } from './requests.ts';

const query: ProfileQuery = {
  refId: 'A',
  queryType: 'profile',
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="a"}',
  groupBy: [],
  splitBy: ['pod'],
};
const flamegraph = { names: ['total'], levels: [{ values: ['0', '1', '1', '0'] }], total: '1' };
const podSeries = (pod: string, value: number, timestamp = '901000') => ({
  labels: pod === '' ? [] : [{ name: 'pod', value: pod }],
  points: [{ timestamp, value }],
});

async function split(series: readonly object[], more: Partial<ProfileQuery> = {}) {
  const asked: Asked[] = [];
  const client = fakeClient({ selectSeries: () => ({ series }), selectMergeStacktraces: () => ({ flamegraph }) }, asked);
  const range = { startMillis: 1_000, endMillis: 901_000 };
  const target = { uid: 'p', name: 'P' };
  const context = { client, range, stepSeconds: 15, prometheusPath: '', target };
  const frames = await firstValueFrom(answerQuery({ ...query, ...more }, context));
  const selectors = asked.flatMap(([method, body]) =>
    method === 'selectMergeStacktraces' ? [(body as StacktracesBody).labelSelector] : [],
  );
  return { frames, selectors };
}

test('each value has its graph, the largest first; what has no label is a group too', async () => {
  const { frames, selectors } = await split([podSeries('small', 1), podSeries('', 2), podSeries('large', 3)]);
  expect(frames.map(({ name }) => name)).toEqual(['large', 'no pod', 'small']);
  expect(selectors).toEqual(['large', '', 'small'].map((pod) => `{service_name="a", pod="${pod}"}`));
  expect(frames.map(({ meta }) => [meta?.custom?.['group'] as unknown, meta?.custom?.['labelSelector'] as unknown])).toEqual(
    selectors.map((selector, i) => [frames[i]?.name, selector]),
  );
});

test('who had samples before the range alone is no group', async () => {
  const { frames } = await split([podSeries('gone', 9, '1000'), podSeries('here', 1)]);
  expect(frames.map(({ name }) => name)).toEqual(['here']);
});

test('the smallest of many are left out, and that is said', async () => {
  const pods = Array.from({ length: 11 }, (_, i) => podSeries(`pod-${i}`, 100 - i));
  const { frames } = await split(pods);
  expect(frames.map(({ name }) => name)).toEqual(pods.slice(0, 8).map((_, i) => `pod-${i}`));
  expect(frames[0]?.meta?.notices?.[0]?.text).toMatch(/largest 8 are shown; 3 more/);
  expect((await split(pods, { limit: 2 })).frames.length).toBe(2);
  expect((await split(pods, { limit: 1_000 })).frames.length).toBe(11);
});

test('a subtree is asked for by the names from its root', async () => {
  const asked: Asked[] = [];
  const client = fakeClient({ selectMergeStacktraces: () => ({ flamegraph }) }, asked);
  const context = { client, range: { startMillis: 0, endMillis: 1 }, stepSeconds: 15, prometheusPath: '' };
    const part = { ...query, splitBy: [], callSite: ['main', 'a b'], spanSelector: ['00f067aa0ba902b7'] };
  await firstValueFrom(answerQuery(part, { ...context, target: { uid: 'p', name: 'P' } }));
  expect(asked.find(([method]) => method === 'selectMergeStacktraces')?.[1]).toMatchObject({
    stackTraceSelector: { callSite: [{ name: 'main' }, { name: 'a b' }] },
    spanSelector: ['00f067aa0ba902b7'],
  });
});
