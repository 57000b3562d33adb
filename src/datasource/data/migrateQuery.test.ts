import { migrateQuery } from './migrateQuery.ts';
import { migrateVariableQuery } from './migrateVariableQuery.ts';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const bare = { refId: 'A', version: 2, queryType: 'profile', profileTypeId: '', labelSelector: '{}', groupBy: [] };

test('a query of today stays as it is', () => {
  const query = {
    refId: 'A',
    version: 2,
    hide: true,
    datasource: { type: 'pyrolens-profiles-datasource', uid: 'pyrolens' },
    queryType: 'both',
    profileTypeId: cpu,
    labelSelector: '{a="b"}',
    groupBy: ['pod'],
    limit: 10,
    maxNodes: 100,
    spanSelector: ['00f067aa0ba902b7'],
    step: '30s',
    traceIdSelector: ['00f067aa0ba902b700f067aa0ba902b7'],
    profileIdSelector: ['7c9e6679-7425-40de-944b-e07fc1f90ae7'],
    functions: ['json'],
    functionValue: 'self',
    shownAs: 'rate',
    exemplarsOf: 'spans',
    compareWith: { kind: 'selector', labelSelector: '{a="c"}', offset: '1w' },
  };
  expect(migrateQuery(query)).toEqual(query);
});

test('migrating twice changes nothing', () => {
  const once = migrateQuery({ refId: 'A', query: `${cpu}{a="b"}` } as never);
  expect(migrateQuery(once)).toEqual(once);
});

for (const [origin, saved, expected] of [
  ['an empty query', {}, bare],
  [
    'a query of the Pyroscope data source',
    { queryType: 'metrics', profileTypeId: cpu, labelSelector: '{a="b"}', groupBy: ['pod'], annotations: true },
    { ...bare, queryType: 'metrics', profileTypeId: cpu, labelSelector: '{a="b"}', groupBy: ['pod'] },
  ],
  [
    'a query of Phlare without groupBy, with numbers as texts',
    { profileTypeId: cpu, labelSelector: '', maxNodes: '512', limit: 'many' },
    { ...bare, profileTypeId: cpu, maxNodes: 512 },
  ],
  [
    'a link of one text',
    { query: `${cpu} {service_name="a"}` },
    { ...bare, profileTypeId: cpu, labelSelector: '{service_name="a"}' },
  ],
  ['a link with a selector alone', { query: '{service_name="a"}' }, { ...bare, labelSelector: '{service_name="a"}' }],
  ['a link to a span', { query: 'span:00f067aa0ba902b7' }, { ...bare, spanSelector: ['00f067aa0ba902b7'] }],
  [
    'a link to a trace of a service',
    { query: `trace:00f067aa0ba902b700f067aa0ba902b7 ${cpu}{service_name="a"}` },
    {
      ...bare,
      profileTypeId: cpu,
      labelSelector: '{service_name="a"}',
      traceIdSelector: ['00f067aa0ba902b700f067aa0ba902b7'],
    },
  ],
  [
    'a link to functions of a service',
    { query: `${cpu}{service_name="a|b"} | function="gc" or function=~"json"` },
    {
      ...bare,
      queryType: 'functionShare',
      profileTypeId: cpu,
      labelSelector: '{service_name="a|b"}',
      functions: ['^gc$', 'json'],
    },
  ],
  ['a link whose functions cannot be read', { query: `${cpu}{} | function` }, bare],
  [
    'a dashboard written by hand, whose baseline is an offset',
    { queryType: 'diff', profileTypeId: cpu, compareWith: '1w' },
    { ...bare, queryType: 'diff', profileTypeId: cpu, compareWith: { kind: 'offset', offset: '1w' } },
  ],
  [
    'a baseline without its parts',
    { queryType: 'diff', profileTypeId: cpu, compareWith: { kind: 'label', name: 'version' } },
    { ...bare, queryType: 'diff', profileTypeId: cpu },
  ],
  ['a query of another data source', { expr: 'up', queryType: 'range', editorMode: 'code' }, bare],
  ['a text that is no link of ours', { query: 'sum(rate(x[5m]))' }, bare],
] as const) {
  test(`${origin} is brought into form`, () => {
    expect(migrateQuery({ refId: 'A', ...saved })).toEqual(expected);
  });
}

for (const [saved, expected] of [
  [undefined, { type: 'profileType' }],
  ['', { type: 'profileType' }],
  ['profileTypes()', { type: 'profileType' }],
  ['labels()', { type: 'label' }],
  ['labelValues(service_name)', { type: 'labelValue', labelName: 'service_name' }],
  ['label_values("pod")', { type: 'labelValue', labelName: 'pod' }],
  [{ type: 'function', limit: '50' }, { type: 'function', limit: 50 }],
  [
    { type: 'labelValue', labelName: 'pod', profileTypeId: cpu, labelSelector: '{a="b"}' },
    { type: 'labelValue', labelName: 'pod', profileTypeId: cpu, labelSelector: '{a="b"}' },
  ],
] as const) {
  test(`the variable ${JSON.stringify(saved)} is brought into form`, () => {
    expect(migrateVariableQuery(saved)).toEqual({ refId: 'PyrolensVariable', ...expected });
  });
}
