import type { PanelData } from '@grafana/data';
import { dateTime, LoadingState } from '@grafana/data';
import { askFrameTypes } from './askFrameTypes.ts';

const [from, to] = [dateTime(1_000), dateTime(2_000)];
const data: PanelData = {
  state: LoadingState.Done,
  series: [],
  timeRange: { from, to, raw: { from, to } },
  request: { targets: [{ refId: 'A', datasource: { uid: 'p' } }] } as never,
};
const knowing = (type: string, source: object) => ({
  get: () => Promise.resolve(source as never),
  getInstanceSettings: () => ({ type, uid: 'p' }) as never,
});
const graph = { names: ['a', 'b'] };
const ours = 'pyrolens-profiles-datasource';

test('our data source is asked for the names, in the time of the graph, else of the panel', async () => {
  const asked: unknown[] = [];
  const frameTypes = (...given: readonly unknown[]) => {
    asked.push(given);
    return Promise.resolve(new Map([['a', 'go']]));
  };
  const sources = knowing(ours, { frameTypes });
  expect([...(await askFrameTypes(data, undefined, graph, sources))]).toEqual([['a', 'go']]);
  await askFrameTypes(data, undefined, { ...graph, meta: { startMillis: 5, endMillis: 6 } }, sources);
  expect(asked).toEqual([
    [['a', 'b'], { startMillis: 1_000, endMillis: 2_000 }],
    [['a', 'b'], { startMillis: 5, endMillis: 6 }],
  ]);
});

test('another data source, and one of an older version, tells nothing', async () => {
  const refuses = { frameTypes: () => Promise.reject(new Error('asked')) };
  expect((await askFrameTypes(data, undefined, graph, knowing('grafana-pyroscope-datasource', refuses))).size).toBe(0);
  expect((await askFrameTypes(data, undefined, graph, knowing(ours, {}))).size).toBe(0);
});
