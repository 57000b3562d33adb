/** Recorded metrics asked for by name: which minutes, whose, by which labels. */
import { defaultLimits } from '../limits.ts';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import type { Matchers } from '../model/selector.ts';
import type { SampleSource } from '../promql/sampleSource.ts';
import { StackMemory } from '../query/stackMemory.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { metricLimits } from './profileMetrics.ts';
import { RecordedMetrics } from './recordedMetrics.ts';
import { recordedSets, recordedSource } from './recordedSource.ts';
import type { RecordedBook } from './recordedSource.ts';
import { batchOf, cpu, noonMillis } from './testProfiles.ts';

const name = 'profiles_recorded_x';
const metric = (more: Partial<RecordedMetric> = {}): RecordedMetric => ({
  name,
  profileType: cpu,
  matchers: [{ name: '__profile_type__', op: '=', value: cpu }],
  groupBy: ['pod'],
  labels: [],
  functions: undefined,
  ...more,
});
const nothing: SampleSource = { select: () => Promise.resolve([]) };
const named = (...more: Matchers): Matchers => [{ name: '__name__', op: '=', value: name }, ...more];

async function subject(metrics: Readonly<Record<string, readonly RecordedMetric[]>>, closedSeconds = 3_600) {
  const store = openMemoryStore();
  for (const [tenant, seconds, pod] of [
    ['one', 10, 'a'],
    ['one', 70, 'a'],
    ['one', 70, 'b'],
    ['two', 70, 'a'],
  ] as const) {
    await store.write(batchOf({ seconds, folded: ['main;json 150'], labels: { pod } }, tenant));
  }
  let read: bigint[] = [];
  const readSamples = store.readSamples.bind(store);
  store.readSamples = (scope, ...rest) => {
    read = [...read, ...scope.seriesIds];
    return readSamples(scope, ...rest);
  };
  const recorded = new RecordedMetrics({
    store,
    memory: new StackMemory(2 ** 26),
    writes: { versionOf: () => 0 },
    limits: metricLimits(defaultLimits),
  });
  const book: RecordedBook = {
    metricsOf: (tenant) => metrics[tenant] ?? [],
    closedMillis: () => noonMillis + closedSeconds * 1_000,
  };
  return {
    readCount: () => read.length,
    sets: (matchers: Matchers, tenants = 'one') =>
      recordedSets(store, book, tenants, matchers, undefined).map((labels) =>
        labels.map(({ value }) => value).join(' '),
      ),
    ask: async (matchers: Matchers, tenants = 'one') => {
      const range = { startMillis: noonMillis, endMillis: noonMillis + 600_000 };
      const series = await recordedSource(nothing, recorded, book, tenants).select(matchers, range);
      return series
        .map(({ labels, times, values }) => {
          const points = [...times].map((time, i) => `${(time - noonMillis) / 1_000}=${values[i]?.toFixed(3)}`);
          return [...labels.slice(1).map(({ value }) => value), ...points].join(' ');
        })
        .sort();
    },
  };
}

test('minutes that are not closed are not there yet', async () => {
  expect(await (await subject({ one: [metric()] }, 60)).ask(named())).toEqual(['a 60=0.100']);
  expect(await (await subject({ one: [metric()] })).ask(named())).toEqual(['a 60=0.100 120=0.100', 'b 120=0.100']);
});

test('of several tenants each has its own rules, and equal series are added', async () => {
  const both = await subject({ one: [metric()], two: [metric()] });
  expect(await both.ask(named(), 'one|two')).toEqual(['a 60=0.100 120=0.200', 'b 120=0.100']);
  const first = await subject({ one: [metric()] });
  expect(await first.ask(named(), 'one|two')).toEqual(['a 60=0.100 120=0.100', 'b 120=0.100']);
  expect(await first.ask(named(), 'two')).toEqual([]);
});

test('a matcher on a group leaves out profiles before they are read, one on a label of the rule afterwards', async () => {
  const { ask, readCount } = await subject({ one: [metric({ labels: [{ name: 'team', value: 'core' }] })] });
  expect(await ask(named({ name: 'pod', op: '=~', value: 'b|c' }))).toEqual(['b core 120=0.100']);
  expect(readCount()).toBe(1);
  expect(await ask(named({ name: 'team', op: '!=', value: 'core' }))).toEqual([]);
  expect(await ask(named({ name: 'team', op: '=', value: 'core' }, { name: 'pod', op: '!=', value: 'b' }))).toEqual([
    'a core 60=0.100 120=0.100',
  ]);
});

test('a group whose value may come from the rule is matched as it comes out', async () => {
  const { ask } = await subject({ one: [metric({ groupBy: ['zone'], labels: [{ name: 'zone', value: 'none' }] })] });
  expect(await ask(named({ name: 'zone', op: '=', value: 'none' }))).toEqual(['none 60=0.100 120=0.200']);
});

test('other names read nothing', async () => {
  const { ask, readCount } = await subject({ one: [metric()] });
  expect(await ask([{ name: '__name__', op: '=~', value: 'pyrolens_.*' }])).toEqual([]);
  expect(readCount()).toBe(0);
});

test('the label sets are those of the catalog; functions are left out of them and their matchers take all', async () => {
  const functions = { text: '.*', isPattern: true, mode: 'self' } as const;
  const { sets } = await subject({
    one: [metric(), metric({ name: 'profiles_recorded_f', groupBy: ['function'], functions })],
  });
  expect(sets([])).toEqual([`${name} a`, `${name} b`, 'profiles_recorded_f']);
  expect(sets([{ name: 'function', op: '=', value: 'json' }])).toEqual(['profiles_recorded_f']);
  expect(sets(named({ name: 'pod', op: '=', value: 'b' }))).toEqual([`${name} b`]);
});
