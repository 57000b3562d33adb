import { firstValueFrom, NEVER, of } from 'rxjs';
import type { Asked } from './fakeClient.ts';
import { fakeClient } from './fakeClient.ts';
import { withSources } from './graphSources.ts';
import type { ProfileQuery } from './profileQuery.ts';

const hour = 3_600_000;
const query: ProfileQuery = {
  refId: 'A',
  queryType: 'profile',
  profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  labelSelector: '{service_name="a"}',
  groupBy: [],
};
const pod = (value: string, timestamp: string) => ({ labels: [{ name: 'pod', value }], points: [{ timestamp, value: 1 }] });
const isByPod = (body: unknown): boolean => JSON.stringify(body).includes('"pod"');
const answers = {
  // What ends where the range starts is of before it.
  selectHeatmap: () => ({
    series: [{ slots: [{ timestamp: '0', counts: [9] }, { timestamp: '1', counts: [1, 2] }, { timestamp: '2', counts: [3] }] }],
  }),
  selectSeries: (body: unknown) => ({
    series: isByPod(body)
      ? [pod('a', '1'), pod('b', '1'), pod('of before', '0')]
      : [{ points: [{ timestamp: '0', value: 7 }, { timestamp: '1', value: 42 }] }],
  }),
};
const ask = (client: Parameters<typeof withSources>[1], part: Partial<ProfileQuery> = {}, millis = hour) =>
  firstValueFrom(withSources(of('graph'), client, { ...query, ...part }, { startMillis: 0, endMillis: millis }));

test('a graph comes with its profiles, pods and samples', async () => {
  const asked: Asked[] = [];
  expect(await ask(fakeClient(answers, asked))).toEqual(['graph', { profiles: 6, pods: 2, samples: 42 }]);
  expect(asked.map(([method]) => method).sort()).toEqual(['selectHeatmap', 'selectSeries', 'selectSeries']);
});

test('over many hours profiles are not counted, as that would read each of them', async () => {
  expect(await ask(fakeClient(answers), {}, 24 * hour)).toEqual(['graph', { pods: 2, samples: 42 }]);
});

test('what a server cannot tell is left out', async () => {
  expect(await ask(fakeClient({ selectHeatmap: answers.selectHeatmap }))).toEqual(['graph', { profiles: 6 }]);
});

test('of single spans nothing is counted', async () => {
  const asked: Asked[] = [];
  expect(await ask(fakeClient(answers, asked), { spanSelector: ['00f067aa0ba902b7'] })).toEqual(['graph', {}]);
  expect(asked).toEqual([]);
});

test('a graph does not wait for what comes too late', async () => {
  const slow = { ...fakeClient(answers), selectHeatmap: () => NEVER };
  expect(await ask(slow)).toEqual(['graph', {}]);
});
