import type { DataSourceInstanceSettings } from '@grafana/data';
import { dateTime, LoadingState } from '@grafana/data';
import type { FrameInfo } from '../flamegraph/mountFlameGraph.types.ts';
import type { MenuSource } from './frameMenuItems.ts';
import { frameMenuItems } from './frameMenuItems.ts';

const frame: FrameInfo = {
  name: 'json.Decode',
  stack: ['json.Decode'],
  total: { left: 1, right: 0 },
  self: { left: 1, right: 0 },
  whole: { left: 10, right: 0 },
  unit: 'count',
};
const profiles = { type: 'pyrolens-profiles-datasource', uid: 'p', name: 'Profiles', jsonData: {} };
const prometheus = (uid: string, name: string, isDefault = false) => ({
  type: 'prometheus',
  uid,
  name,
  isDefault,
  jsonData: {},
});

function knowing(...all: readonly object[]): MenuSource['dataSources'] {
  const known = all as DataSourceInstanceSettings[];
  return {
    getInstanceSettings: (ref) => known.find(({ uid }) => typeof ref === 'object' && uid === ref?.uid),
    getList: ({ type = '' } = {}) => known.filter((each) => each.type === type),
  };
}

const panelWith = (target: object, ...known: readonly object[]): MenuSource => ({
  dataSources: knowing(...known),
  data: {
    state: LoadingState.Done,
    series: [],
    timeRange: { from: dateTime(1), to: dateTime(2), raw: { from: dateTime(1_000), to: 'now' } },
    request: { targets: [{ refId: 'A', datasource: { uid: 'p', type: profiles.type }, ...target }] } as never,
  },
  replaceVariables: (text) => text.replace('$service', 'checkout'),
});
const query = { profileTypeId: 'a:b:c::', labelSelector: '{service_name="$service"}' };
const uidsIn = (items: readonly { readonly label: string }[]) =>
  items.map((item) => [
    item.label.split(' ')[0],
    /(?:datasourceUid|datasource)%22%3A%22(\w+)/.exec('href' in item ? String(item.href) : '')?.[1],
  ]);

test('data sources are found: ours by the query, the alerting one by its name, another one for metrics', () => {
  expect(
    uidsIn(
      frameMenuItems(
        panelWith(query, profiles, prometheus('m', 'Prometheus', true), prometheus('s', 'Pyrolens metrics'), {
          type: 'loki',
          uid: 'l',
          name: 'Loki',
        }),
        frame,
      ),
    ),
  ).toEqual([
    ['Function', 'p'],
    ['Create', 's'],
    ['Logs', 'l'],
    ['Metrics', 'm'],
  ]);
});

test('the setting of our data source names the one for alerts', () => {
  expect(
    uidsIn(
      frameMenuItems(
        panelWith(
          query,
          { ...profiles, jsonData: { prometheusUid: 'x' } },
          prometheus('m', 'M'),
          prometheus('x', 'Other'),
          prometheus('s', 'Pyrolens'),
        ),
        frame,
      ),
    ),
  ).toEqual([
    ['Function', 'p'],
    ['Create', 'x'],
    ['Metrics', 'm'],
  ]);
});

test('variables are replaced and moments written as Explore reads them', () => {
  const [item] = frameMenuItems(panelWith(query, profiles), frame);
  const href = decodeURIComponent(item !== undefined && 'href' in item ? item.href : '');
  expect(href).toContain('checkout');
  expect(href).toContain('"range":{"from":"1000","to":"now"}');
});

test("with a query of Grafana's own data source there is no share over time; with no query there is nothing", () => {
  expect(
    uidsIn(
      frameMenuItems(
        panelWith(
          query,
          { ...profiles, type: 'grafana-pyroscope-datasource' },
          { type: 'loki', uid: 'l', name: 'Loki' },
        ),
        frame,
      ),
    ),
  ).toEqual([['Logs', 'l']]);
  expect(frameMenuItems(panelWith({ labelSelector: '{broken' }), frame)).toEqual([]);
});

test('in Explore, where a panel is not told the query, the frame says what was asked', () => {
  const source = panelWith({}, profiles, { type: 'loki', uid: 'l', name: 'Loki' });
  const question = { datasourceUid: 'p', labelSelector: '{service_name="shop"}' };
  const custom = { profileTypeId: 'a:b:c::', question };
  const { state, timeRange } = source.data;
  const series = [{ fields: [], length: 1, meta: { custom } }];
  const items = frameMenuItems({ ...source, data: { state, timeRange, series } }, frame);
  expect(uidsIn(items)).toEqual([
    ['Function', 'p'],
    ['Create', undefined],
    ['Logs', 'l'],
  ]);
});

test('without a data source for alerts the menu leads to the setting that names one', () => {
  const items = frameMenuItems(panelWith(query, profiles, prometheus('m', 'Prometheus')), frame);
  expect(items).toContainEqual({
    label: 'Create alert: first choose "Alerts through" …',
    href: '/connections/datasources/edit/p',
  });
});

test('a function is recorded by the data source of the query, of the profiles that are shown', () => {
  const started: object[] = [];
  const recording = (source: MenuSource): MenuSource => ({ ...source, onRecord: (start) => started.push(start) });
  const itemsOf = (source: MenuSource, more: Partial<FrameInfo> = {}) =>
    frameMenuItems(recording(source), { ...frame, ...more }).filter(({ label }) => label.startsWith('Record'));
  const [item] = itemsOf(panelWith(query, profiles));
  if (item === undefined || !('onSelect' in item)) throw new Error('no entry');
  item.onSelect();
  expect(started).toEqual([
    {
      uid: 'p',
      draft: {
        metricName: 'profiles_recorded_json_Decode',
        profileTypeId: 'a:b:c::',
        labelSelector: '{service_name="checkout"}',
        functionName: 'json.Decode',
        functionValue: 'total',
        groupBy: 'service_name',
      },
    },
  ]);
  expect(itemsOf(panelWith(query, profiles), { stack: [] })).toEqual([]);
  expect(itemsOf(panelWith(query, { ...profiles, type: 'grafana-pyroscope-datasource' }))).toEqual([]);
});
