/**
 * The data source reads a query in the browser, its backend reads the same JSON on the server. They may not import each other,
 * so this holds them together: what one makes of a query, the other makes too.
 */
import fc from 'fast-check';
import { baselineOf, describeComparison } from '../../backend/grafana/comparison.ts';
import { shareExpression } from '../../backend/grafana/functionShare.ts';
import { intervalMillis } from '../../backend/grafana/interval.ts';
import { flameGraphUnit, isState, metricUnit, profileTypeName } from '../../backend/grafana/profileTypeUnits.ts';
import { readSavedQuery } from '../../backend/grafana/savedQuery.ts';
import type { Comparison } from '../../backend/grafana/savedQuery.ts';
import { profileTypeLabel } from '../../src/flamegraph/profileTypeMeaning.ts';
import * as browserComparison from '../../src/datasource/data/comparison.ts';
import { shareExpression as browserShareExpression } from '../../src/datasource/data/functionShare.ts';
import { migrateQuery } from '../../src/datasource/data/migrateQuery.ts';
import * as browserUnits from '../../src/datasource/data/profileTypeUnits.ts';
import { isState as isBrowserState } from '../../src/datasource/data/requests.ts';
import { rangeUtil } from '@grafana/data';

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';

const savedQueries: readonly Readonly<Record<string, unknown>>[] = [
  { profileTypeId: cpu },
  { queryType: 'metrics', profileTypeId: cpu, labelSelector: '{a="b"}', groupBy: ['pod', ''], limit: '5', step: '30s' },
  { queryType: 'both', profileType: cpu, groupBy: 'pod', maxNodes: 100, limit: -1 },
  { queryType: 'nonsense', profileTypeId: cpu, labelSelector: '' },
  { query: `${cpu}{service_name="a"}` },
  { query: `span:00f067aa0ba902b7 ${cpu}{service_name="a"}` },
  { query: `trace:4bf92f3577b34da6a3ce929d0e0e4736 ${cpu}` },
  { query: 'profile:0189f0e0-7c00-7000-8000-000000000001', profileTypeId: cpu },
  { query: 'rate(foo[5m])', profileTypeId: cpu },
  { query: `${cpu}{a="b|c"} | function="json.(*Encoder).Encode" or function =~ 'gc|x'` },
  { query: `${cpu}{} | function="a"`, queryType: 'metrics', functions: ['b'] },
  { query: `${cpu}{} | function=~`, profileTypeId: cpu },
  { query: `${cpu}{} | function="a`, profileTypeId: cpu },
  { query: `${cpu}{} | function="a" and`, profileTypeId: cpu },
  { profileTypeId: cpu, spanSelector: ['00f067aa0ba902b7'], traceIdSelector: 'x', profileIdSelector: [1, 'y'] },
  { queryType: 'functionShare', profileTypeId: cpu, functions: ['^a$', 'b'], functionValue: 'self', shownAs: 'rate' },
  { queryType: 'diff', profileTypeId: cpu, compareWith: '1w' },
  { queryType: 'diff', profileTypeId: cpu, compareWith: { kind: 'offset' } },
  { queryType: 'diff', profileTypeId: cpu, compareWith: { kind: 'selector', labelSelector: '{a="b"}', offset: '1d' } },
  { queryType: 'topFunctions', profileTypeId: cpu, compareWith: { kind: 'label', name: 'version', value: '2' } },
  { queryType: 'topFunctions', profileTypeId: cpu, compareWith: { kind: 'range', startMillis: 1, endMillis: '2' } },
  { queryType: 'exemplars', profileTypeId: cpu, exemplarsOf: 'spans' },
];

for (const saved of savedQueries) {
  test(`${JSON.stringify(saved)} is read alike`, () => {
    const inBrowser = migrateQuery({ refId: 'A', ...saved });
    const { spanSelector = [], traceIdSelector = [], profileIdSelector = [], functions = [] } = inBrowser;
    const rest = { ...inBrowser, refId: undefined, version: undefined };
    expect(JSON.parse(JSON.stringify(readSavedQuery(saved)))).toEqual({
      functionValue: 'total',
      shownAs: 'share',
      ...rest,
      spanSelector,
      traceIdSelector,
      profileIdSelector,
      functions,
    });
  });
}

const profileTypeIds = [
  cpu,
  'memory:inuse_space:bytes:space:bytes',
  'memory:alloc_objects:count:space:bytes',
  'memory:alloc_space:bytes:space:bytes',
  'mutex:delay:nanoseconds:contentions:count',
  'block:contentions:count:contentions:count',
  'goroutine:goroutine:count:goroutine:count',
  'goroutines:goroutine:count:goroutine:count',
  'wall:wall:milliseconds:wall:milliseconds',
  'gpu:kernel:seconds::',
  'x:y:frogs::',
  'x:y:::',
  'short',
];
for (const id of profileTypeIds) {
  test(`${id} has the same units, factors and name`, () => {
    const [here, there] = [metricUnit(id), browserUnits.metricUnit(id)];
    expect({ ...here, factor: here.factor(15) }).toEqual({ ...there, factor: there.factor(15) });
    expect(flameGraphUnit(id)).toBe(browserUnits.flameGraphUnit(id));
    expect(isState(id)).toBe(isBrowserState(id));
    expect(profileTypeName(id)).toBe(profileTypeLabel(id));
  });
}

const comparisons: readonly Comparison[] = [
  { kind: 'offset', offset: '1w' },
  { kind: 'offset', offset: '90m' },
  { kind: 'selector', labelSelector: '{version="1"}', offset: '1d' },
  { kind: 'selector', labelSelector: '{version="1"}' },
  { kind: 'label', name: 'version', value: 'say "1"' },
  { kind: 'range', startMillis: 5, endMillis: 10 },
];
for (const comparison of comparisons) {
  test(`the baseline of ${JSON.stringify(comparison)} is the same`, () => {
    const range = { startMillis: 1_700_000_000_000, endMillis: 1_700_000_900_000 };
    for (const selector of ['{service_name="a"}', '{version="2", service_name=~"a|b"}']) {
      expect(baselineOf(comparison, selector, range)).toEqual(
        browserComparison.baselineOf(comparison, selector, range),
      );
    }
    expect(describeComparison(comparison)).toBe(browserComparison.describeComparison(comparison));
  });
}

/** Variables of dashboards are refused by the server, so that none may come by chance. */
const anyText = fc.string({ maxLength: 8 }).filter((text) => !/\$\{?\w|\[\[\w/.test(text));
const quoted = fc.oneof(anyText, fc.constantFrom('a"b', 'a\\b', '\n', 'ü', 'a$b'));
const matcher = fc.tuple(fc.constantFrom('service_name', 'zone'), fc.constantFrom('=', '!=', '=~', '!~'), quoted);
const shareQuery = fc.record({
  labelSelector: fc
    .array(matcher, { maxLength: 3 })
    .map((parts) => `{${parts.map(([name, op, value]) => `${name}${op}${JSON.stringify(value)}`).join(', ')}}`),
  groupBy: fc.subarray(['service_name', 'k8s.pod', 'zone']),
  functionValue: fc.constantFrom('total' as const, 'self' as const),
  shownAs: fc.constantFrom('share' as const, 'rate' as const),
  profileTypeId: fc.constantFrom(...profileTypeIds.slice(0, 6)),
  limit: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});

test('a function’s share is the same PromQL in both', () => {
  const pattern = fc.constantFrom('^main\\.work$', 'json', '^a|b$', 'x\\.y');
  fc.assert(
    fc.property(shareQuery, pattern, fc.constantFrom(1, 15, 22.5, 3_600), (asked, functionPattern, stepSeconds) => {
      const { limit, ...rest } = asked;
      const saved = { refId: 'A', queryType: 'functionShare', functions: [functionPattern], ...rest };
      const query = { ...saved, ...(limit !== undefined && { limit }) };
      const inBrowser = migrateQuery(query);
      expect(shareExpression(readSavedQuery(query), functionPattern, stepSeconds)).toBe(
        browserShareExpression(inBrowser, functionPattern, stepSeconds),
      );
    }),
  );
});

for (const text of ['15s', '1m', '90', '2h', '1d', '1w', '1M', '1y', '500ms', ' 30s ']) {
  test(`"${text}" is as long as Grafana says`, () => {
    expect(intervalMillis(text)).toBe(rangeUtil.intervalToMs(text.trim()));
  });
}
for (const text of ['', '$__interval', 's', '-5s', '5 minutes', '1.5h']) {
  test(`"${text}" is no interval`, () => expect(intervalMillis(text)).toBeUndefined());
}
