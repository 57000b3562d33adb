/** Recorded metrics against a slow count over the raw profiles, and their edges. */
import fc from 'fast-check';
import type { RecordedMetric } from '../model/recordedMetric.ts';
import { defaultLimits } from '../limits.ts';
import { sortLabels } from '../model/labels.ts';
import { StackMemory } from '../query/stackMemory.ts';
import { openMemoryStore } from '../store/memory/openMemoryStore.ts';
import { metricLimits } from './profileMetrics.ts';
import type { MetricLimits } from './profileMetrics.ts';
import { RecordedMetrics } from './recordedMetrics.ts';
import type { RecordedAnswer } from './recordedMetrics.ts';
import type { MadeUpProfile } from './testProfiles.ts';
import { batchOf, cpu, inuse, noonMillis } from './testProfiles.ts';

const metricOf = (more: Partial<RecordedMetric> = {}): RecordedMetric => ({
  name: 'profiles_recorded_x',
  profileType: cpu,
  matchers: [{ name: '__profile_type__', op: '=', value: more.profileType ?? cpu }],
  groupBy: [],
  labels: [],
  functions: undefined,
  ...more,
});

async function evaluate(
  profiles: readonly MadeUpProfile[],
  metrics: readonly RecordedMetric[],
  [start, end]: readonly [number, number],
  limits: Partial<MetricLimits> = {},
): Promise<readonly RecordedAnswer[]> {
  const store = openMemoryStore();
  for (const profile of profiles) await store.write(batchOf(profile));
  const recorded = new RecordedMetrics({
    store,
    memory: new StackMemory(2 ** 26),
    writes: { versionOf: () => 0 },
    limits: { ...metricLimits(defaultLimits), ...limits },
  });
  const range = { startMillis: noonMillis + start * 1_000, endMillis: noonMillis + end * 1_000 };
  return recorded.evaluate({ tenant: 'anonymous', metrics, range });
}

/** "pod=a 60=0.5 120=1", without the name; sorted. */
function linesOf(answer: RecordedAnswer | undefined): readonly string[] {
  if (answer?.kind !== 'series') throw new Error(answer?.error.message ?? 'an answer');
  return answer.series
    .map(({ labels, times, values }) => {
      const names = labels.flatMap(({ name, value }) => (name === '__name__' ? [] : [`${name}=${value}`]));
      const points = [...times].map((time, i) => `${(time - noonMillis) / 1_000}=${(values[i] ?? NaN).toPrecision(6)}`);
      return [...names, ...points].join(' ');
    })
    .sort();
}

const linesFor = async (profiles: readonly MadeUpProfile[], metric: RecordedMetric, range: readonly [number, number]) =>
  linesOf((await evaluate(profiles, [metric], range))[0]);

/** From the raw profiles, with nothing of the code under test. */
function countSlowly(profiles: readonly MadeUpProfile[], metric: RecordedMetric, last: number): readonly string[] {
  const isState = metric.profileType === inuse;
  const unit = isState ? 1 : 0.01;
  const { functions, groupBy } = metric;
  const fits = (name: string): boolean =>
    functions !== undefined &&
    (functions.isPattern ? new RegExp(`^(${functions.text})$`).test(name) : name === functions.text);
  const sums = new Map<string, Map<number, number>>();
  const add = (names: readonly string[], minute: number, value: number): void => {
    const key = [...names].sort().join(' ');
    const points = sums.get(key) ?? new Map<number, number>();
    points.set(minute, (points.get(minute) ?? 0) + value);
    sums.set(key, points);
  };
  const podsOf = new Set(profiles.map(({ labels = {} }) => JSON.stringify(labels)));
  for (const pod of podsOf) {
    for (let minute = 0; minute <= last; minute += 60) {
      const own = profiles.filter(
        ({ labels = {}, seconds, type = cpu }) =>
          JSON.stringify(labels) === pod && type === metric.profileType && seconds > minute - 60 && seconds <= minute,
      );
      if (own.length === 0) continue;
      const lengths = own.map(({ durationSeconds = 15 }) => durationSeconds || 15);
      const first = Math.min(...own.map(({ seconds }) => seconds));
      const end = Math.max(...own.map(({ seconds }, i) => seconds + (lengths[i] ?? 0)));
      const covered = Math.min(
        lengths.reduce((sum, length) => sum + length, 0),
        end - first,
      );
      const valueOf = (count: number): number => (count * unit) / (isState ? own.length : covered);
      const labels = Object.entries(JSON.parse(pod) as Record<string, string>);
      const grouped = labels.filter(([name]) => groupBy.includes(name)).map(([name, value]) => `${name}=${value}`);
      const byFunction = new Map<string, number>();
      let whole = 0;
      for (const line of own.flatMap(({ folded }) => folded)) {
        const [stack = '', count = '0'] = line.split(' ');
        const frames = stack.split(';');
        const counted = functions?.mode === 'self' ? frames.slice(-1) : frames;
        const chosen = new Set(counted.filter(fits));
        if (functions === undefined || chosen.size > 0) whole += Number(count);
        for (const name of chosen) byFunction.set(name, (byFunction.get(name) ?? 0) + Number(count));
      }
      if (!groupBy.includes('function')) add(grouped, minute, valueOf(whole));
      else for (const [name, count] of byFunction) add([...grouped, `function=${name}`], minute, valueOf(count));
    }
  }
  return [...sums]
    .map(([key, points]) =>
      [
        ...(key === '' ? [] : [key]),
        ...[...points].sort(([a], [b]) => a - b).map(([minute, value]) => `${minute}=${value.toPrecision(6)}`),
      ].join(' '),
    )
    .sort();
}

const frame = fc.constantFrom('main', 'json', 'http', 'db');
const profile: fc.Arbitrary<MadeUpProfile> = fc
  .record({
    seconds: fc.integer({ min: -70_000, max: 190_000 }).map((millis) => millis / 1_000),
    labels: fc.constantFrom({ pod: 'a', zone: 'x' }, { pod: 'b', zone: 'x' }, { pod: 'c', zone: 'y' }, { zone: 'y' }),
    type: fc.constantFrom(cpu, cpu, inuse),
    durationSeconds: fc.constantFrom(0, 10, 15, 60),
    folded: fc.uniqueArray(fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 50 })), {
      maxLength: 4,
      selector: ([frames]) => frames.join(';'),
    }),
  })
  .map(({ folded, ...rest }) => ({ ...rest, folded: folded.map(([frames, count]) => `${frames.join(';')} ${count}`) }));

const functions = fc.option(
  fc.record({
    text: fc.constantFrom('json', 'nobody', '.*', 'json|db', 'h.*'),
    isPattern: fc.boolean(),
    mode: fc.constantFrom('self' as const, 'total' as const),
  }),
  { nil: undefined },
);
const metric = fc
  .record({
    profileType: fc.constantFrom(cpu, cpu, inuse),
    functions,
    groupBy: fc.subarray(['pod', 'zone', 'function']),
  })
  .map((one) =>
    metricOf({ ...one, groupBy: one.groupBy.filter((name) => name !== 'function' || one.functions !== undefined) }),
  );

test('a recorded metric is what a slow count over the raw profiles gives, alone and beside others', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(profile, { minLength: 1, maxLength: 14 }),
      fc.array(metric, { minLength: 1, maxLength: 3 }),
      async (profiles, metrics) => {
        const answers = await evaluate(profiles, metrics, [0, 180]);
        expect(answers.map(linesOf)).toEqual(metrics.map((one) => countSlowly(profiles, one, 180)));
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});

test('evaluated minute by minute it is the same as at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(profile, { minLength: 1, maxLength: 10 }), metric, async (profiles, one) => {
      const whole = await linesFor(profiles, one, [0, 180]);
      const parts = await Promise.all([0, 60, 120, 180].map((at) => linesFor(profiles, one, [at, at])));
      const points = (lines: readonly string[]): readonly string[] =>
        lines.flatMap((line) => {
          const words = line.split(' ');
          const labels = words.filter((word) => !/^\d+=/.test(word));
          return words.filter((word) => /^\d+=/.test(word)).map((point) => [...labels, point].join(' '));
        });
      expect(points(parts.flat()).toSorted()).toEqual(points(whole).toSorted());
    }),
    { numRuns: 60, seed: 8 },
  );
});

test('the rule’s own labels are there, and the value of a group wins over them', async () => {
  const labels = sortLabels([
    { name: 'team', value: 'core' },
    { name: 'pod', value: 'none' },
  ]);
  const profiles = [
    { seconds: 1, folded: ['main 150'], labels: { pod: 'a' } },
    { seconds: 1, folded: ['main 150'] },
  ];
  expect(await linesFor(profiles, metricOf({ labels, groupBy: ['pod'] }), [60, 60])).toEqual([
    'pod=a team=core 60=0.100000',
    'pod=none team=core 60=0.100000',
  ]);
});

test('a label with a dot is grouped by under its name in metrics', async () => {
  const profiles = [{ seconds: 1, folded: ['main 150'], labels: { 'k8s.pod': 'a' } }];
  expect(await linesFor(profiles, metricOf({ groupBy: ['k8s_pod'] }), [60, 60])).toEqual(['k8s_pod=a 60=0.100000']);
});

test('a metric beyond the limits fails alone', async () => {
  const profiles = [
    { seconds: 1, folded: ['main 150'], labels: { pod: 'a' } },
    { seconds: 1, folded: ['main 150'], labels: { pod: 'b' } },
  ];
  const narrow = metricOf({ matchers: [...metricOf().matchers, { name: 'pod', op: '=', value: 'a' }] });
  const [one, two] = await evaluate(profiles, [metricOf(), narrow], [0, 60], { mostPoints: 2 });
  expect(one).toMatchObject({ kind: 'failed', error: { code: 'resource_exhausted' } });
  expect(linesOf(two)).toEqual(['60=0.100000']);
});

const everyFunction = { functions: { text: '.*', isPattern: true, mode: 'self' }, groupBy: ['function'] } as const;

for (const [what, more, limits] of [
  ['samples', everyFunction, { mostSamples: 3 }],
  ['profiles', {}, { mostProfiles: 3 }],
] as const) {
  test(`a metric of too many ${what} fails alone, though others share its reading`, async () => {
    const profiles = [...'abcd'].map((pod) => ({ seconds: 1, folded: ['main 150'], labels: { pod } }));
    const wide = metricOf(more);
    const narrow = metricOf({ ...more, matchers: [...metricOf().matchers, { name: 'pod', op: '=', value: 'a' }] });
    const [one, two, three] = await evaluate(profiles, [narrow, wide, narrow], [0, 60], limits);
    expect(two).toMatchObject({ kind: 'failed', error: { code: 'resource_exhausted' } });
    for (const fits of [one, three]) expect(linesOf(fits).join('')).toContain('60=0.100000');
  });
}

test('of no time, and of no profiles, there is nothing', async () => {
  expect(await linesFor([{ seconds: 1, folded: ['main 1'] }], metricOf(), [60, 0])).toEqual([]);
  expect(await linesFor([], metricOf(), [0, 600])).toEqual([]);
});
