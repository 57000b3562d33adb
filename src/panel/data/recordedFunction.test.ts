import { parseLabelSelector } from '../../datasource/data/labelSelector.ts';
import { describeEstimate, draftRule, metricNameFor, ruleBody } from './recordedFunction.ts';

for (const [name, metric] of [
  ['encoding/json.(*decodeState).object', 'profiles_recorded_encoding_json_decodeState_object'],
  ['main', 'profiles_recorded_main'],
  ['<lambda>', 'profiles_recorded_lambda'],
  ['std::vector<int>::push_back', 'profiles_recorded_std_vector_int_push_back'],
  ['7zip', 'profiles_recorded_7zip'],
  ['計算', 'profiles_recorded_function'],
  ['', 'profiles_recorded_function'],
  [`${'a'.repeat(119)}.b`, `profiles_recorded_${'a'.repeat(119)}`],
] as const) {
  test(`the metric of "${name.slice(0, 40)}" is ${metric.slice(0, 60)}`, () => {
    expect(metricNameFor(name)).toBe(metric);
  });
}

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const parsed = parseLabelSelector('{service_name="shop", pod=~"a\\"b.*"}');
const matchers = parsed.kind === 'selector' ? parsed.matchers : [];

test('a function is recorded with what it calls, of the profiles that the query is of, by service', () => {
  expect(ruleBody(draftRule('json.Marshal', { profileTypeId: cpu, matchers }))).toEqual({
    metricName: 'profiles_recorded_json_Marshal',
    matchers: ['{service_name="shop", pod=~"a\\"b.*"}', `{__profile_type__="${cpu}"}`],
    groupBy: ['service_name'],
    stacktraceFilter: { functionName: { functionName: 'json.Marshal', metricType: 'TOTAL' } },
  });
});

test('what a person changes is what is sent', () => {
  const draft = draftRule('json.Marshal', { profileTypeId: cpu, matchers: [] });
  const changed = { ...draft, metricName: ' profiles_recorded_x ', functionValue: 'self', groupBy: ' pod,  zone, ' } as const;
  expect(ruleBody(changed)).toMatchObject({
    metricName: 'profiles_recorded_x',
    matchers: ['{}', `{__profile_type__="${cpu}"}`],
    groupBy: ['pod', 'zone'],
    stacktraceFilter: { functionName: { metricType: 'SELF' } },
  });
  expect(ruleBody({ ...draft, groupBy: ' ' }).groupBy).toEqual([]);
});

test('an estimate says how many series there were and may be', () => {
  const estimate = { series: 12, isExact: true, maxSeriesPerRule: 1_000, fits: true };
  expect(describeEstimate(estimate)).toBe('about 12 series, judging by the last day; a rule may have 1000');
});
