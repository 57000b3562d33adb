import { firstValueFrom } from 'rxjs';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { askNewVersions, newVersions, versionLabelOf } from './newVersions.ts';

const hour = 3_600_000;
const pair = (name: string, value: string) => ({ name, value });
const seen = (service: string, version: string, ...times: readonly number[]) => ({
  labels: [pair('service_name', service), pair('version', version)],
  points: times.map((time) => ({ timestamp: String(time), value: 1 })),
});
const query = {
  refId: 'A',
  queryType: 'versions' as const,
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{}',
  groupBy: [],
};
const range = { startMillis: 10 * hour, endMillis: 12 * hour };

test('new is what was not seen before the range; before it ran what was seen last', () => {
  const series = [seen('a', 'v1', 9 * hour, 11 * hour), seen('a', 'v2', 11 * hour), seen('b', 'v9', 9 * hour)];
  expect(newVersions(series, 'version', range.startMillis)).toEqual([
    { service: 'a', version: 'v2', previous: 'v1', timeMillis: 11 * hour },
  ]);
});

test('the first label of the list that there is, is the version', () => {
  expect(versionLabelOf(['pod', 'git_sha', 'service_version'])).toBe('service_version');
  expect(versionLabelOf(['pod'])).toBeUndefined();
});

test('a mark says what ran before, and which functions rose by two points or more', async () => {
  const asked: Asked[] = [];
  const values = (...numbers: readonly number[]) => ({ values: numbers.map(String) });
  const flamegraph = {
    names: ['total', 'json', 'rest', 'gc'],
    levels: [
      values(0, 100, 0, 0, 100, 0, 0),
      values(0, 3, 3, 0, 12, 12, 1, 0, 92, 92, 0, 82, 82, 2, 0, 5, 5, 0, 6, 6, 3),
    ],
    leftTicks: '100',
    rightTicks: '100',
  };
  const client = fakeClient(
    {
      labelNames: () => ({ names: ['version'] }),
      selectSeries: () => ({ series: [seen('a', 'v1', 9 * hour), seen('a', 'v2', 11 * hour)] }),
      diff: () => ({ flamegraph }),
    },
    asked,
  );
  const [frame] = await firstValueFrom(askNewVersions(client, query, range));
  const row = Object.fromEntries((frame?.fields ?? []).map(({ name, values: column }) => [name, column[0] as unknown]));
  expect(row).toEqual({
    time: 11 * hour,
    title: 'a: version v2',
    text: 'Before: v1. Cost more since then, of their own: json 3.0 % → 12.0 %.',
    tags: ['version', 'regression'],
  });
  expect(asked.at(-1)?.[1]).toMatchObject({
    left: { labelSelector: '{service_name="a", version="v1"}', end: String(11 * hour) },
    right: { labelSelector: '{service_name="a", version="v2"}', start: String(11 * hour), end: String(12 * hour) },
  });
});

test('a comparison that fails leaves the mark', async () => {
  const client = fakeClient({
    labelNames: () => ({ names: ['version'] }),
    selectSeries: () => ({ series: [seen('a', 'v1', 9 * hour), seen('a', 'v2', 11 * hour)] }),
  });
  const [frame] = await firstValueFrom(askNewVersions(client, query, range));
  expect(frame?.fields[2]?.values).toEqual(['Before: v1.']);
});

test('profiles without a version say which labels are looked for', async () => {
  const client = fakeClient({ labelNames: () => ({ names: ['pod'] }) });
  await expect(firstValueFrom(askNewVersions(client, query, range))).rejects.toThrow('set one of version,');
});
