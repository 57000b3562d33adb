import { readFileSync } from 'node:fs';
import { dateTime } from '@grafana/data';
import { jest } from '@jest/globals';
import type { Place } from './links.ts';

jest.unstable_mockModule('@grafana/runtime', () => ({
  getTemplateSrv: () => ({ replace: (text: string) => text.replace('$svc', 'shop') }),
}));
const { links } = await import('./links.ts');

const cpu = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const raw = { from: 'now-15m', to: dateTime(2_000) };
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Where the link of a place in Grafana leads, taken apart; undefined when there is none. */
function destination(target: string, place: Place | undefined) {
  const link = links.find(({ targets }) => [targets].flat().includes(target));
  const path = link?.configure?.(place)?.path;
  if (path === undefined) return undefined;
  const { pathname, searchParams } = new URL(path, 'http://grafana');
  return { page: pathname.split('/').at(-1), ...Object.fromEntries(searchParams) };
}

test('a panel leads to the flame graph of its pods in its time', () => {
  const targets = [{ expr: 'sum(rate(http_requests_total{job="$svc", pod="a"}[5m]))' }];
  expect(destination('grafana/dashboard/panel/menu', { targets, timeRange: raw })).toEqual({
    page: 'explore',
    q: '{service_name="shop", pod="a"}',
    from: 'now-15m',
    to: '2000',
  });
});

test("Explore's toolbar leads there from a query of ours, with its profile type", () => {
  const targets = [{ labelSelector: '{service_name="$svc"}', profileTypeId: cpu }];
  expect(destination('grafana/explore/toolbar/action', { targets, timeRange: raw })).toMatchObject({
    page: 'explore',
    q: '{service_name="shop"}',
    type: cpu,
  });
});

for (const [what, place] of [
  ['its labels', { labels: { service_name: 'shop', severity: 'page' } }],
  ['its expression', { labels: { severity: 'page' }, expression: 'rate(x{service_name="shop"}[5m]) > 1' }],
] as const) {
  test(`an alert rule leads to a comparison by ${what}`, () => {
    expect(destination('grafana/alerting/alertingrule/action', place)).toEqual({
      page: 'compare',
      q: '{service_name="shop"}',
    });
  });
}

test('a firing alert is compared with right before it began', () => {
  const activeAt = minutesAgo(20);
  const start = Date.parse(activeAt);
  const place = { instance: { labels: { pod: 'a' }, activeAt }, rule: { labels: { service_name: 'shop' } } };
  const found = destination('grafana/alerting/instance/action', place);
  expect(found).toMatchObject({ page: 'compare', q: '{pod="a"}', from: String(start) });
  const { from = '', to = '', vs = '' } = { vs: '', from: '', to: '', ...found };
  const length = Number(to) - Number(from);
  expect(Math.abs(length - 20 * 60_000)).toBeLessThan(5_000);
  expect(JSON.parse(vs)).toEqual({ kind: 'range', startMillis: start - length, endMillis: start });
});

for (const activeAt of [undefined, '', '0001-01-01T00:00:00Z', 'soon', minutesAgo(-5)]) {
  test(`an alert that began at ${JSON.stringify(activeAt)} is compared over the last hour`, () => {
    expect(destination('grafana/alerting/instance/action', { instance: { labels: { pod: 'a' }, activeAt } })).toEqual({
      page: 'compare',
      q: '{pod="a"}',
    });
  });
}

test('where nothing says which pods there is no link', () => {
  expect(destination('grafana/dashboard/panel/menu', { targets: [{ expr: 'up' }] })).toBeUndefined();
  expect(
    destination('grafana/alerting/instance/action', { instance: { labels: { severity: 'page' } } }),
  ).toBeUndefined();
  expect(destination('grafana/explore/toolbar/action', undefined)).toBeUndefined();
});

test('plugin.json names the same links: Grafana takes no others', () => {
  const { extensions } = JSON.parse(readFileSync('src/plugin.json', 'utf8')) as {
    readonly extensions: { readonly addedLinks: readonly object[] };
  };
  expect(links.map(({ title, description, targets }) => ({ targets, title, description }))).toEqual(
    extensions.addedLinks,
  );
});
