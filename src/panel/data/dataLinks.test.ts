import type { DataFrame, InterpolateFunction } from '@grafana/data';
import { FieldType } from '@grafana/data';
import type { FrameInfo } from '../../flamegraph/mountFlameGraph.types.ts';
import { dataLinks } from './dataLinks.ts';

const info: FrameInfo = {
  name: 'json.Decode & co',
  stack: ['json.Decode & co'],
  total: { left: 30, right: 0 },
  self: { left: 10, right: 0 },
  whole: { left: 90, right: 0 },
  unit: 'count',
};
/** As Grafana's: scoped variables in braces, a format for addresses. */
const replaceVariables: InterpolateFunction = (text, scoped, format) =>
  text.replace(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value: unknown = scoped?.[name]?.value;
    if (typeof value !== 'string') return whole;
    return format === 'uriencode' ? encodeURIComponent(value) : value;
  });
const source = { replaceVariables, range: { from: 'now-1h', to: 'now' }, typeOf: () => 'loki' };
const frameWith = (...links: readonly object[]): DataFrame => ({
  length: 1,
  fields: ['value', 'self'].map((name) => ({
    name,
    type: FieldType.number,
    values: [1],
    config: { links: links as never },
  })),
});

test('a link of all fields comes once, the function a part of its address', () => {
  const link = { title: 'Runbook of ${function}', url: 'https://wiki/${function}?self=${self}&of=${total}&share=${share}' };
  expect(dataLinks([frameWith(link)], info, source)).toEqual([
    {
      label: 'Runbook of json.Decode & co',
      href: 'https://wiki/json.Decode%20%26%20co?self=10&of=30&share=33.33',
    },
  ]);
});

test('of a diff the compared side is told', () => {
  const diff = { ...info, total: { left: 30, right: 60 }, self: { left: 0, right: 1 }, whole: { left: 90, right: 80 } };
  const [link] = dataLinks([frameWith({ title: 'a', url: '/x?${self}/${total}/${share}' })], diff, source);
  expect(link?.href).toBe('/x?1/60/75');
});

test('a link to a query leads into Explore, in the time of the panel', () => {
  const internal = { datasourceUid: 'l', datasourceName: 'Loki', query: { expr: '{fn="${function}"}', limit: 3 } };
  const [link] = dataLinks([frameWith({ title: 'Logs', url: '', internal })], info, source);
  const panes = new URLSearchParams(link?.href.split('?')[1]).get('panes') ?? '';
  expect(JSON.parse(panes)).toEqual({
    pyrolens: {
      datasource: 'l',
      range: source.range,
      queries: [{ refId: 'A', datasource: { uid: 'l', type: 'loki' }, expr: '{fn="json.Decode & co"}', limit: 3 }],
    },
  });
});

test('a link without an address is none', () => {
  expect(dataLinks([frameWith({ title: 'a', url: '' })], info, source)).toEqual([]);
});
