import type { ReplaceVariables } from './interpolate.ts';
import { addFilters, interpolateQuery, interpolateSelector } from './interpolate.ts';

interface FakeVariable {
  readonly value: string | readonly string[];
  readonly multi?: boolean;
  /** The custom text of "All": Grafana hands it on as it is. */
  readonly allValue?: string;
}

/** TemplateSrv.replace as far as this code knows it: $name, ${name} and ${name:raw}. */
function replaceWith(variables: Readonly<Record<string, FakeVariable>>): ReplaceVariables {
  return (text, format) =>
    text.replace(/\$(?:\{(\w+)(:raw)?\}|(\w+))/g, (whole, braced: string | undefined, raw, plain) => {
      const variable = variables[braced ?? String(plain)];
      if (variable === undefined) return whole;
      if (variable.allValue !== undefined) return variable.allValue;
      const joined = [variable.value].flat().join(',');
      return format === undefined || raw !== undefined ? joined : format(variable.value, { multi: variable.multi });
    });
}

const replace = replaceWith({
  one: { value: 'checkout' },
  dotted: { value: 'a.b', multi: true },
  many: { value: ['a.b', 'c|d'], multi: true },
  single: { value: ['a.b'], multi: true },
  typed: { value: 'a.*' },
  all: { value: '', allValue: '.*' },
  label: { value: 'pod' },
  whole: { value: '{a="b"}' },
});

for (const [before, after] of [
  ['{service_name="$one"}', '{service_name="checkout"}'],
  ['{$label="x"}', '{pod="x"}'],
  ['{pod="$many"}', '{pod=~"(a\\\\.b|c\\\\|d)"}'],
  ['{pod!="$many"}', '{pod!~"(a\\\\.b|c\\\\|d)"}'],
  ['{pod=~"$many"}', '{pod=~"(a\\\\.b|c\\\\|d)"}'],
  ['{pod="x.${many}-y"}', '{pod=~"x\\\\.(a\\\\.b|c\\\\|d)-y"}'],
  ['{pod="$single"}', '{pod="a.b"}'],
  ['{pod=~"$single"}', '{pod=~"a\\\\.b"}'],
  ['{pod=~"$dotted.*"}', '{pod=~"a\\\\.b.*"}'],
  ['{pod=~"$typed"}', '{pod=~"a.*"}'],
  ['{pod="$all"}', '{pod=~".*"}'],
  ['{pod!="$all"}', '{pod!~".*"}'],
  ['{pod=~"${many:raw}"}', '{pod=~"a.b,c|d"}'],
  ['{pod="$unknown"}', '{pod="$unknown"}'],
  ["{ pod = 'as typed' }", "{ pod = 'as typed' }"],
  ['$whole', '{a="b"}'],
] as const) {
  test(`${before} becomes ${after}`, () => expect(interpolateSelector(before, replace)).toBe(after));
}

test('filters of the dashboard are added', () => {
  const filters = [
    { key: 'pod', operator: '=', value: 'a' },
    { key: 'zone', operator: '=|', value: 'x', values: ['x.1', 'y'] },
    { key: 'env', operator: '!=|', value: 'x', values: ['x', 'y'] },
    { key: '', operator: '=', value: 'half typed' },
  ];
  expect(addFilters('{a="b"}', filters)).toBe('{a="b", pod="a", zone=~"x\\\\.1|y", env!~"x|y"}');
});

test('every field of a query takes variables', () => {
  const query = {
    refId: 'A',
    queryType: 'both' as const,
    profileTypeId: '${type}',
    labelSelector: '{pod="$pods"}',
    groupBy: ['$groups', 'zone'],
    spanSelector: ['$span'],
    step: '$__interval',
  };
  const values = replaceWith({
    type: { value: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds' },
    pods: { value: ['p', 'q'], multi: true },
    groups: { value: ['x', 'y'], multi: true },
    span: { value: '00f067aa0ba902b7' },
    __interval: { value: '30s' },
  });
  expect(interpolateQuery(query, values)).toEqual({
    refId: 'A',
    queryType: 'both',
    profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    labelSelector: '{pod=~"(p|q)"}',
    groupBy: ['x', 'y', 'zone'],
    spanSelector: ['00f067aa0ba902b7'],
    step: '30s',
  });
});
