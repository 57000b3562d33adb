import fc from 'fast-check';
import type { Labels } from '../model/labels.ts';
import { unixNanos } from '../model/time.ts';
import { addHour, noHours, touchesHours } from './activeHours.ts';
import type { ValueTest } from './catalog.ts';
import { SeriesCatalog } from './seriesCatalog.ts';

const hour = 3_600_000_000_000n;
const at = (hours: number, nanos = 0n) => unixNanos(BigInt(hours) * hour + nanos);
const hashKey = new Uint8Array(8);
const labelsOf = (pairs: Record<string, string>): Labels =>
  Object.entries(pairs).map(([name, value]) => ({ name, value }));
const equal = (name: string, value: string): ValueTest => ({ name, matches: (v) => v === value, literals: [value] });
const unequal = (name: string, value: string): ValueTest => ({ name, matches: (v) => v !== value });

function catalogOf(...series: readonly Record<string, string>[]): SeriesCatalog {
  const catalog = new SeriesCatalog(hashKey);
  for (const pairs of series) catalog.noteProfile(catalog.register('t', labelsOf(pairs), 'cpu'), at(10));
  return catalog;
}
const pods = (catalog: SeriesCatalog, tests: readonly ValueTest[]) =>
  catalog.select('t', tests).map(({ labels }) => labels.find(({ name }) => name === 'pod')?.value);

test('a series keeps its id, whoever asks and in whatever order its labels come', () => {
  const catalog = new SeriesCatalog(hashKey);
  const first = catalog.register('t', labelsOf({ a: '1', b: '2' }), 'cpu');
  expect(catalog.register('t', labelsOf({ b: '2', a: '1' }), 'cpu').id).toBe(first.id);
  expect(new SeriesCatalog(hashKey).register('t', labelsOf({ a: '1', b: '2' }), 'cpu').id).toBe(first.id);
});

test('another tenant, another key or a value that imitates a border gets another id', () => {
  const ids = [
    new SeriesCatalog(hashKey).register('t', labelsOf({ a: '1', b: '2' }), 'cpu').id,
    new SeriesCatalog(hashKey).register('u', labelsOf({ a: '1', b: '2' }), 'cpu').id,
    new SeriesCatalog(new Uint8Array([1])).register('t', labelsOf({ a: '1', b: '2' }), 'cpu').id,
    new SeriesCatalog(hashKey).register('t', labelsOf({ a: '11:b1:2' }), 'cpu').id,
  ];
  expect(new Set(ids).size).toBe(4);
});

test('label sets that collide take the next free ids, and find them again after a restart', () => {
  const collide = () => (1n << 64n) - 1n;
  const before = new SeriesCatalog(hashKey, collide);
  const [a, b, c] = ['a', 'b', 'c'].map((pod) => before.register('t', labelsOf({ pod }), 'cpu'));
  expect([a?.id, b?.id, c?.id]).toEqual([(1n << 64n) - 1n, 0n, 1n]);
  const after = new SeriesCatalog(hashKey, collide);
  for (const series of [c, b, a]) if (series) after.restore('t', series);
  expect(after.register('t', labelsOf({ pod: 'b' }), 'cpu').id).toBe(0n);
});

test('a registered series is hidden until a profile of it is noted', () => {
  const catalog = new SeriesCatalog(hashKey);
  const series = catalog.register('t', labelsOf({ a: '1' }), 'cpu');
  expect([catalog.select('t', []), catalog.byId('t', series.id), catalog.bounds('t')]).toEqual([
    [],
    undefined,
    undefined,
  ]);
  catalog.noteProfile(series, at(10, 5n));
  expect(catalog.select('t', [])).toHaveLength(1);
  expect(catalog.byId('t', series.id)).toMatchObject({ id: series.id, profileType: 'cpu' });
  expect(catalog.bounds('t')).toEqual({ oldest: at(10, 5n), newest: at(10, 5n) });
  expect([catalog.seriesCount(), catalog.select('u', [])]).toEqual([1, []]);
});

test('all tests must hold, and a missing label counts as the empty value', () => {
  const catalog = catalogOf({ pod: '1', env: 'prod' }, { pod: '2', env: 'dev' }, { pod: '3' });
  expect(pods(catalog, [])).toEqual(['1', '2', '3']);
  expect(pods(catalog, [equal('env', 'prod')])).toEqual(['1']);
  expect(pods(catalog, [equal('env', '')])).toEqual(['3']);
  expect(pods(catalog, [unequal('env', '')])).toEqual(['1', '2']);
  expect(pods(catalog, [unequal('env', 'prod')])).toEqual(['2', '3']);
  expect(pods(catalog, [unequal('env', 'prod'), unequal('env', 'dev')])).toEqual(['3']);
  expect(pods(catalog, [equal('env', 'dev'), unequal('pod', '2')])).toEqual([]);
  expect(pods(catalog, [{ name: 'pod', matches: (v) => v > '1', literals: ['3', '1', '2', '2', '9'] }])).toEqual([
    '2',
    '3',
  ]);
  expect(pods(catalog, [equal('nowhere', 'x')])).toEqual([]);
  expect(pods(catalog, [equal('nowhere', ''), equal('pod', '1')])).toEqual(['1']);
});

test('a test runs once for each distinct value, and not again when its function comes back', () => {
  const catalog = catalogOf({ pod: '1', env: 'a' }, { pod: '2', env: 'a' }, { pod: '3', env: 'b' });
  const asked: string[] = [];
  const matches = (value: string) => asked.push(value) > 0 && value === 'a';
  expect(pods(catalog, [{ name: 'env', matches }])).toEqual(['1', '2']);
  catalog.noteProfile(catalog.register('t', labelsOf({ pod: '4', env: 'c' }), 'cpu'), at(10));
  expect(pods(catalog, [{ name: 'env', matches }])).toEqual(['1', '2']);
  expect(asked.filter((value) => value !== '')).toEqual(['a', 'b', 'c']);
});

test('a range finds the series that were active in an hour it touches, also after a restart', () => {
  const catalog = new SeriesCatalog(hashKey);
  const series = catalog.register('t', labelsOf({ pod: '1' }), 'cpu');
  catalog.restore('t', series);
  catalog.restoreDay('t', series.id, 0, 1 << 10);
  catalog.restoreDay('t', 77n, 0, 1 << 10);
  const found = (start: bigint, end: bigint) =>
    catalog.select('t', [], { start: unixNanos(start), end: unixNanos(end) }).length;
  expect([found(at(10), at(10)), found(at(10, hour - 1n), at(12)), found(at(8), at(10))]).toEqual([1, 1, 1]);
  expect([found(at(11), at(12)), found(at(8), at(10) - 1n)]).toEqual([0, 0]);
  expect(catalog.bounds('t')).toEqual({ oldest: at(10), newest: at(10, hour - 1n) });
});

test('active hours are those that were added, however they came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 40 })),
      fc.integer({ min: -8, max: 45 }),
      fc.nat(5),
      (hours, first, more) => {
        const active = noHours();
        for (const each of hours) addHour(active, each);
        expect(touchesHours(active, first, first + more)).toBe(
          hours.some((each) => each >= first && each <= first + more),
        );
        for (let i = 1; i < active.runs.length; i++)
          expect(active.runs[i] ?? 0).toBeGreaterThan(active.runs[i - 1] ?? 0);
      },
    ),
  );
});
