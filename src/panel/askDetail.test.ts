import type { DataFrame, DataQuery, DataQueryRequest, PanelData } from '@grafana/data';
import { createDataFrame, dateTime, FieldType, LoadingState } from '@grafana/data';
import { askDetail } from './askDetail.ts';

const graphFrame = (more: object = {}): DataFrame =>
  createDataFrame({
    refId: 'B',
    meta: { preferredVisualisationType: 'flamegraph' },
    fields: [
      { name: 'level', type: FieldType.number, values: [0, 1] },
      { name: 'value', type: FieldType.number, values: [4, 4] },
      { name: 'self', type: FieldType.number, values: [0, 4] },
      { name: 'label', type: FieldType.string, values: ['total', 'main'] },
    ],
    ...more,
  });
const targets = [
  { refId: 'A', datasource: { uid: 'x' } },
  { refId: 'B', queryType: 'both', labelSelector: '{}', splitBy: ['pod'], datasource: { uid: 'p' } },
];
const [from, to] = [dateTime(1), dateTime(2)];
const data: PanelData = {
  state: LoadingState.Done,
  series: [],
  timeRange: { from, to, raw: { from, to } },
  request: { targets } as never,
};

function sources(type: string, answer: () => Promise<object>) {
  const asked: DataQueryRequest<DataQuery>[] = [];
  const query = (request: DataQueryRequest<DataQuery>) => {
    asked.push(request);
    return answer();
  };
  return {
    asked,
    dataSources: {
      get: () => Promise.resolve({ query } as never),
      getInstanceSettings: () => ({ type, uid: 'p', name: 'Old' }) as never,
    },
  };
}

test("the frame's own query is asked again for what is below, as a flame graph", async () => {
  const { asked, dataSources } = sources('pyrolens-profiles-datasource', () =>
    Promise.resolve({ data: [graphFrame()] }),
  );
  const frame = graphFrame({ meta: { custom: { labelSelector: '{pod="a"}' } } });
  const answer = await askDetail(data, frame, ['main'], dataSources);
  expect(asked[0]?.targets).toEqual([
    {
      ...targets[1],
      queryType: 'profile',
      labelSelector: '{pod="a"}',
      splitBy: [],
      callSite: ['main'],
      maxNodes: 65_536,
    },
  ]);
  expect(answer).toMatchObject({ kind: 'graph', graph: { count: 2, detailOf: ['main'] } });
});

test('another data source is not asked, and is named', async () => {
  const { asked, dataSources } = sources('grafana-pyroscope-datasource', () => Promise.resolve({ data: [] }));
  const answer = await askDetail(data, graphFrame(), ['main'], dataSources);
  expect(answer).toEqual({
    kind: 'refusal',
    why: expect.stringMatching(/^Old cannot be asked .* max nodes/) as string,
  });
  expect(asked).toEqual([]);
});

for (const [what, answer, why] of [
  ['an error of the query', () => Promise.resolve({ data: [], errors: [{ message: 'too much' }] }), 'too much'],
  ['a failure', () => Promise.reject(new Error('no network')), 'no network'],
  ['nothing', () => Promise.resolve({ data: [] }), 'No samples are below it in this time range.'],
] as const) {
  test(`${what} is told in a sentence`, async () => {
    const { dataSources } = sources('pyrolens-profiles-datasource', answer);
    expect(await askDetail(data, graphFrame(), ['main'], dataSources)).toEqual({ kind: 'refusal', why });
  });
}
