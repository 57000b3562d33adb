import { parseLabelSelector } from '../../datasource/data/labelSelector.ts';
import type { FrameInfo } from '../../flamegraph/mountFlameGraph.types.ts';
import type { FrameLinkContext } from './frameLinks.ts';
import { frameLinks, sourceAddress } from './frameLinks.ts';
import { thresholdFor } from './alertRule.ts';

const frame: FrameInfo = {
  name: 'encoding/json.(*decodeState).object',
  stack: ['main.main', 'encoding/json.(*decodeState).object'],
  total: { left: 120, right: 0 },
  self: { left: 20, right: 0 },
  whole: { left: 1_000, right: 0 },
  unit: 'nanoseconds',
};
const matchersOf = (selector: string) => {
  const parsed = parseLabelSelector(selector);
  if (parsed.kind !== 'selector') throw new Error(parsed.message);
  return parsed.matchers;
};
const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const context: FrameLinkContext = {
  targets: {
    profiles: { type: 'pyrolens-profiles-datasource', uid: 'pyrolens' },
    shares: { type: 'prometheus', uid: 'shares' },
    logs: { type: 'loki', uid: 'loki' },
    metrics: { type: 'prometheus', uid: 'prom' },
  },
  profileTypeId: cpu,
  matchers: matchersOf('{service_name="checkout", pod=~"checkout-.*", span_name="GET /"}'),
  range: { from: 'now-15m', to: 'now' },
};
const hrefOf = (label: string, more: Partial<FrameLinkContext> = {}): string | undefined =>
  frameLinks(frame, { ...context, ...more }).find((link) => link.label.startsWith(label))?.href;
const jsonIn = (href: string | undefined, name: string): unknown =>
  JSON.parse(new URL(href ?? '', 'http://grafana').searchParams.get(name) ?? '');

test('a function with every data source at hand leads everywhere but to source that no label names', () => {
  expect(frameLinks(frame, context).map(({ label }) => label)).toEqual([
    'Function share over time',
    'Create alert from this function …',
    'Logs of these pods',
    'Metrics of these pods',
  ]);
});

test('without data sources, and for the root, there are no links', () => {
  const none = { profiles: undefined, shares: undefined, logs: undefined, metrics: undefined };
  expect(frameLinks(frame, { ...context, targets: none })).toEqual([]);
  expect(frameLinks({ ...frame, stack: [] }, context)).toEqual([]);
});

test("a function's share over time is asked of the data source of the panel, for this function alone", () => {
  const href = hrefOf('Function share') ?? '';
  expect(href).toMatch(/^\/explore\?schemaVersion=1&panes=/);
  expect(jsonIn(href, 'panes')).toEqual({
    pyrolens: {
      datasource: 'pyrolens',
      range: { from: 'now-15m', to: 'now' },
      queries: [
        {
          refId: 'A',
          datasource: context.targets.profiles,
          version: 2,
          queryType: 'functionShare',
          profileTypeId: cpu,
          labelSelector: '{service_name="checkout", pod=~"checkout-.*", span_name="GET /"}',
          groupBy: [],
          functions: ['^encoding/json\\.\\(\\*decodeState\\)\\.object$'],
          functionValue: 'total',
          shownAs: 'share',
        },
      ],
    },
  });
});

test('logs are those of the place, in the same time', () => {
  expect(jsonIn(hrefOf('Logs'), 'panes')).toMatchObject({
    pyrolens: { datasource: 'loki', queries: [{ expr: '{service_name="checkout", pod=~"checkout-.*"}' }] },
  });
  expect(hrefOf('Logs', { matchers: matchersOf('{version="1"}') })).toBeUndefined();
  expect(hrefOf('Logs', { matchers: matchersOf('{service_name!="a"}') })).toBeUndefined();
});

for (const [selector, expr] of [
  ['{pod="a", namespace="b", version="1"}', 'sum by (pod) (rate(container_cpu_usage_seconds_total{pod="a", namespace="b"}[$__rate_interval]))'],
  ['{k8s.pod.name="a"}', 'sum by (pod) (rate(container_cpu_usage_seconds_total{pod="a"}[$__rate_interval]))'],
  ['{service_name="a"}', 'sum by (instance) (rate(process_cpu_seconds_total{service_name="a"}[$__rate_interval]))'],
  ['{version="1"}', undefined],
] as const) {
  test(`metrics of ${selector} are ${expr ?? 'not known'}`, () => {
    const href = hrefOf('Metrics', { matchers: matchersOf(selector) });
    const asked = href === undefined ? undefined : jsonIn(href, 'panes');
    if (expr === undefined) expect(asked).toBeUndefined();
    else expect(asked).toMatchObject({ pyrolens: { queries: [{ expr }] } });
  });
}

test('the rule editor is filled in: query, last value, threshold, waiting time', () => {
  const href = hrefOf('Create alert', { matchers: matchersOf('{service_name="checkout", k8s.pod.name=~"a|b"}') });
  expect(href).toMatch(/^\/alerting\/new\?defaults=/);
  const defaults = jsonIn(href, 'defaults');
  expect(defaults).toMatchObject({
    type: 'grafana',
    condition: 'C',
    evaluateFor: '10m',
    name: 'encoding/json.(*decodeState).object costs more than 15 %',
  });
  const expr =
    'avg by (service_name) (avg_over_time(pyrolens_function_share{service_name="checkout", k8s_pod_name=~"a|b", ' +
    `profile_type="${cpu}", function="encoding/json.(*decodeState).object", mode="total"}[5m]))`;
  expect(defaults).toMatchObject({
    queries: [
      { refId: 'A', datasourceUid: 'shares', model: { expr, instant: true } },
      { refId: 'B', datasourceUid: '__expr__', model: { type: 'reduce', expression: 'A', reducer: 'last' } },
      { refId: 'C', model: { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [0.15] } }] } },
    ],
  });
});

for (const [left, right, threshold] of [
  [0, 0, 0.01],
  [120, 0, 0.15],
  [30, 120, 0.15],
  [30, 120.1, 0.15],
  [1_000, 0, 0.99],
] as const) {
  test(`a share of ${left / 10} % before and ${right / 10} % now is alerted on above ${threshold}`, () => {
    expect(thresholdFor({ total: { left, right }, whole: { left: 1_000, right: 1_000 } })).toBe(threshold);
  });
}

for (const [name, labels, expected] of [
  ['github.com/shop/checkout/cart.(*Cart).Price', 'service_repository="https://github.com/shop/checkout", service_git_ref="v1"', 'https://github.com/shop/checkout/tree/v1/cart'],
  ['github.com/shop/checkout.Run', 'service_repository="github.com/shop/checkout"', 'https://github.com/shop/checkout/tree/HEAD'],
  ['handle (/app/src/server.js:12)', 'service_repository="https://github.com/shop/web", service_git_ref="a b"', 'https://github.com/shop/web/blob/a%20b/src/server.js#L12'],
  ['jobs/run.py run', 'service_repository="https://gitlab.com/shop/jobs.git"', 'https://gitlab.com/shop/jobs/-/blob/HEAD/jobs/run.py'],
  ['/srv/x/y.rb:3 z', 'service_repository="https://gitlab.com/a/b", service_root_path="/srv/x"', 'https://gitlab.com/a/b/-/blob/HEAD/y.rb#L3'],
  ['/app/node_modules/express/index.js', 'service_repository="https://github.com/shop/web"', undefined],
  ['encoding/json.Marshal', 'service_repository="https://github.com/shop/checkout"', undefined],
  ['a.py', 'service_repository="javascript:alert(1)//github.com/a/b"', undefined],
  ['a.py', 'service_repository="https://github.com.evil.org/a/b"', undefined],
  ['a.py', 'service_repository=~"https://github.com/a/b"', undefined],
] as const) {
  test(`the source of ${name} with ${labels} is ${expected ?? 'not known'}`, () => {
    expect(sourceAddress(name, matchersOf(`{${labels}}`))).toBe(expected);
  });
}
