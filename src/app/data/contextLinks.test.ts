import { contextOfLabels, contextOfTargets } from './contextLinks.ts';

const same = (text: string): string => text.replace('$svc', 'shop');

for (const [what, target, labelSelector] of [
  ['our own query', { labelSelector: '{service_name="$svc"}', profileTypeId: 'a:b:c:d:e' }, '{service_name="shop"}'],
  ['a query of Loki', { expr: '{service_name="$svc", level="error"} |= "x{y}"' }, '{service_name="shop"}'],
  [
    'a query of Prometheus',
    { expr: 'sum by (pod) (rate(http_requests_total{job="$svc", pod=~"a.*", code="500"}[5m]))' },
    '{service_name="shop", pod=~"a.*"}',
  ],
  ['a second selector when the first says nothing', { expr: 'x{code="500"} / y{namespace="n"}' }, '{namespace="n"}'],
  ['braces inside quotes', { expr: 'x{path="/{id}", pod="p"}' }, '{pod="p"}'],
] as const) {
  test(`${what} leads to the same pods`, () => {
    expect(contextOfTargets([{}, target], same)?.labelSelector).toBe(labelSelector);
  });
}

test('queries without any label that profiles have lead nowhere', () => {
  expect(contextOfTargets([{ expr: 'up' }, { expr: 'x{code="500"}' }, undefined, 'text'], same)).toBeUndefined();
});

test("an alert's labels lead to the pods that it is about", () => {
  expect(contextOfLabels({ alertname: 'hot', service: 'shop', pod: 'p', severity: 'page' })?.labelSelector).toBe(
    '{service_name="shop", pod="p"}',
  );
  expect(contextOfLabels({ alertname: 'hot' })).toBeUndefined();
  expect(contextOfLabels(undefined)).toBeUndefined();
});
