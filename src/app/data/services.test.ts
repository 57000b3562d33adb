import { firstValueFrom, toArray } from 'rxjs';
import type { Asked } from '../../datasource/data/fakeClient.ts';
import { fakeClient } from '../../datasource/data/fakeClient.ts';
import { askServices } from './services.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const range = { startMillis: 0, endMillis: 600_000 };
const series = (service: string, ...points: readonly (readonly [number, number])[]) => ({
  labels: [{ name: 'service_name', value: service }],
  points: points.map(([time, value]) => ({ timestamp: String(time), value })),
});
const labels = (pairs: Readonly<Record<string, string>>) => ({
  labels: Object.entries(pairs).map(([name, value]) => ({ name, value })),
});
const answers = {
  selectSeries: (body: unknown) => ({
    series: (body as { step: number }).step === 600 ? [series('a', [0, 300e9])] : [series('b', [15_000, 60e9]), series('a', [15_000, 300e9], [30_000, 300e9])],
  }),
  series: () => ({
    labelsSet: [
      labels({ service_name: 'a', pod: 'a-1', version: 'v1' }),
      labels({ service_name: 'a', pod: 'a-2', version: 'v2' }),
    ],
  }),
};

test('rows are ordered by cost, with cores, change against last week, versions and pods', async () => {
  const asked: Asked[] = [];
  const top = () => ({ groups: [{ labels: { service_name: 'a' }, functions: [{ name: 'gc', selfShare: 0.4 }] }] });
  const emitted = await firstValueFrom(askServices(fakeClient({ ...answers, top }, asked), cpu, range).pipe(toArray()));
  expect(emitted[0]?.map(({ topFunction }) => topFunction)).toEqual([undefined, undefined]);
  expect(emitted.at(-1)).toMatchObject([
    {
      service: 'a',
      mean: 1,
      change: 1,
      versions: ['v1', 'v2'],
      pods: 2,
      lastSeenMillis: 30_000,
      topFunction: { name: 'gc', share: 0.4 },
    },
    { service: 'b', mean: 0.1, change: undefined, versions: [], pods: 0, topFunction: undefined },
  ]);
  // However many services there are.
  expect(asked.map(([method]) => method).sort()).toEqual(['selectSeries', 'selectSeries', 'series', 'top']);
});

test('what ends where a range starts is of before it: last week is no twice as much', async () => {
  const week = 7 * 86_400_000;
  const client = fakeClient({
    selectSeries: (body) =>
      (body as { step: number }).step === 600
        ? { series: [series('a', [-week, 600e9], [600_000 - week, 600e9])] }
        : { series: [series('a', [0, 15e9], [300_000, 300e9], [600_000, 300e9])] },
    series: () => ({}),
    top: () => ({}),
  });
  const [rows] = await firstValueFrom(askServices(client, cpu, range).pipe(toArray()));
  expect(rows).toMatchObject([{ mean: 1, change: 0 }]);
});

test('a server without the route is asked for a small flame graph per row', async () => {
  const flamegraph = { names: ['total', 'gc'], levels: [{ values: ['0', '4', '3', '0'] }, { values: ['0', '1', '1', '1'] }], total: '4' };
  const client = fakeClient({ ...answers, selectMergeStacktraces: () => ({ flamegraph }) });
  const emitted = await firstValueFrom(askServices(client, cpu, range).pipe(toArray()));
  expect(emitted.at(-1)?.map(({ topFunction }) => topFunction)).toEqual([
    { name: 'gc', share: 0.25 },
    { name: 'gc', share: 0.25 },
  ]);
});

test('without last week and labels the rows are still there', async () => {
  const client = fakeClient({
    selectSeries: (body) => {
      if ((body as { step: number }).step === 600) throw new Error('out of range');
      return { series: [series('a', [15_000, 1])] };
    },
    top: () => ({}),
  });
  const [rows] = await firstValueFrom(askServices(client, cpu, range).pipe(toArray()));
  expect(rows).toMatchObject([{ service: 'a', change: undefined, versions: [] }]);
});
